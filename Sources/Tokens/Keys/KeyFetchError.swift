// SPDX-License-Identifier: Apache-2.0

package import Outbound

/// Why a fetch returned no keys.
package enum KeyFetchError: Error, Sendable {
    case transport(OutboundError)
    /// The status is not 200. Redirects are errors too, because they are not followed.
    case status(Int)
    /// Neither `application/json` nor `application/jwk-set+json` (RFC 7517 §8.5.2).
    case contentType(String?)
    case keySet(KeySetError)
    case discovery(DiscoveryError)
    /// No address has a valid discovery document of the issuer.
    case notFound([Attempt])

    package struct Attempt: Sendable {
        package let address: String
        package let problem: String
    }
}

extension KeyFetchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transport(.timedOut): "no response in time"
        case .transport(.connection(let description)): description
        case .transport(.tooLarge(let limit)): "more than \(limit) bytes"
        case .transport(.cancelled): "cancelled"
        case .transport(.noConnection): OutboundError.noConnectionDetail
        case .status(let status): "status \(status), expected 200"
        case .contentType(let type):
            "content type \(type.map(LogText.quote) ?? "missing"), expected application/json"
        case .keySet(let problem): problem.description
        case .discovery(let problem): problem.description
        case .notFound(let attempts):
            attempts.map { "\($0.address): \($0.problem)" }.joined(separator: "; ")
        }
    }
}
