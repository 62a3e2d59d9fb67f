// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Vending

extension Settings {
    /// Limits of an exchange's calls of AWS.
    var retryLimits: RetryPolicy.Limits {
        RetryPolicy.Limits(
            attempt: min(RetryPolicy.Limits().attempt, exchangeTimeout), deadline: exchangeTimeout)
    }

    /// Outbound connections to one host: as many as all calls at the configured rate need if each of them takes until
    /// its time-out, so that a slow service does not look like a lack of connections.
    /// - Parameter files: the process's limit of file descriptors, which bounds the result.
    func outboundConnections(files: Int) -> Int {
        func needed(_ rate: Int, _ timeout: Duration) -> Int {
            Int((Double(rate) * (timeout / .seconds(1))).rounded(.up))
        }
        let attempt = retryLimits.attempt
        var wanted = max(needed(stsRate, attempt), needed(rumRate, exchangeTimeout))
        if grants.contains(where: { $0.exchange.kind == .cognito }) {
            wanted = max(wanted, needed(Exchanges.cognitoRate, attempt))
        }
        return FileDescriptors.outboundConnections(wanted: wanted, under: files)
    }
}
