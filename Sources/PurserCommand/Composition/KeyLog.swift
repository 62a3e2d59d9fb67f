// SPDX-License-Identifier: Apache-2.0

import Logging
import Tokens
import Vending

/// Logs what happens to an issuer's keys.
struct KeyLog: Sendable {
    let issuer: Issuer
    let logger: Logger

    @Sendable func report(_ event: KeySourceEvent) {
        switch event {
        case .changed(let keys, let retired, let unknownKey):
            var metadata: Logger.Metadata = [
                "issuer": "\(issuer)", "keys": .stringConvertible(keys.keys.count),
                "retired": .stringConvertible(retired),
            ]
            if unknownKey { metadata["cause"] = "unknown key" }
            logger.info("keys changed", metadata: metadata)
            for key in keys.skipped {
                logger.warning("key skipped", metadata: ["issuer": "\(issuer)", "key": "\(key)"])
            }
        case .renewed(let unknownKey, let recovered):
            var metadata: Logger.Metadata = ["issuer": "\(issuer)"]
            if unknownKey { metadata["cause"] = "unknown key" }
            logger.log(level: recovered ? .info : .debug, "keys renewed", metadata: metadata)
        case .failed(let problem, let wait, let age):
            var metadata: Logger.Metadata = [
                "issuer": "\(issuer)", "detail": "\(problem)",
                "retrySeconds": .stringConvertible(Int(wait / .seconds(1))),
            ]
            metadata["ageSeconds"] = age.map { .stringConvertible(Int($0 / .seconds(1))) }
            logger.warning("keys not renewed", metadata: metadata)
        case .stale(let age):
            logger.error(
                "keys too old",
                metadata: ["issuer": "\(issuer)", "ageSeconds": .stringConvertible(Int(age / .seconds(1)))])
        }
    }
}
