package import Outbound

/// Why a fetch brought no keys.
package enum KeyFetchError: Error, Sendable {
    case transport(OutboundError)
    /// Not 200; redirects are among these and are not followed.
    case status(Int)
    /// Neither `application/json` nor `application/jwk-set+json` (RFC 7517 §8.5.2).
    case contentType(String?)
    case keySet(KeySetError)
    case discovery(DiscoveryError)
    /// No discovery document of the issuer's at any of the addresses.
    case notFound([Attempt])

    package struct Attempt: Sendable {
        package let address: String
        package let problem: String
    }
}

extension KeyFetchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transport(.timedOut): "no answer in time"
        case .transport(.connection(let words)): words
        case .transport(.tooLarge(let limit)): "over \(limit) bytes"
        case .transport(.cancelled): "cancelled"
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
