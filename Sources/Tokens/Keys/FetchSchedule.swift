// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials
package import Outbound

/// Computes when keys are fetched again from the last response or the number of failures. Pure functions.
package enum FetchSchedule {
    /// A shorter lifetime would load the provider; a longer one would delay the effect of a key rotation.
    package static let bounds: ClosedRange<Duration> = .seconds(5 * 60) ... .seconds(24 * 60 * 60)
    package static let lifetimeByDefault = Duration.seconds(60 * 60)
    /// The wait after the first failure; it doubles after each further failure.
    package static let firstWait = Duration.seconds(1)
    /// Shorter than `longestWaitWithKeys`, because without keys every token is rejected. With keys, a longer wait
    /// spares a provider that is recovering.
    package static let longestWaitWithoutKeys = Duration.seconds(30)
    package static let longestWaitWithKeys = Duration.seconds(5 * 60)

    /// The freshness lifetime of a response (RFC 9111 §4.2), within `bounds`.
    package static func lifetime(of response: OutboundResponse) -> Duration {
        min(max(freshness(of: response) ?? lifetimeByDefault, bounds.lowerBound), bounds.upperBound)
    }

    /// Shortens `lifetime` by up to a tenth, so that many instances do not fetch at the same time.
    /// - Parameter random: at least 0 and less than 1.
    package static func spread(_ lifetime: Duration, random: Double) -> Duration {
        max(lifetime * (1 - 0.1 * random), bounds.lowerBound)
    }

    /// - Parameter failures: consecutive failures, at least 1.
    package static func wait(afterFailures failures: Int, withKeys: Bool) -> Duration {
        let longest = withKeys ? longestWaitWithKeys : longestWaitWithoutKeys
        // The exponent is capped: beyond it every wait is the longest one.
        return min(firstWait * (1 << min(max(failures, 1) - 1, 16)), longest)
    }

    private static func freshness(of response: OutboundResponse) -> Duration? {
        let directives = directives(response.header("cache-control") ?? "")
        if directives.contains(where: { ["no-store", "no-cache"].contains($0.name) }) { return .zero }
        if let maximum = directives.first(where: { $0.name == "max-age" }) {
            guard let seconds = seconds(maximum.value) else { return nil }
            let age = response.header("age").flatMap { Self.seconds($0) } ?? 0
            return .seconds(max(seconds - age, 0))
        }
        guard let expires = response.header("expires") else { return nil }
        // An invalid date means that the response has expired (RFC 9111 §5.3).
        guard let end = HTTPDate.parse(expires) else { return .zero }
        guard let begin = response.header("date").flatMap(HTTPDate.parse) else { return nil }
        return .seconds(Int(max(end.timeIntervalSince(begin), 0)))
    }

    private static func directives(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: ",").map { directive in
            let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? trim(parts[1]) : ""
            let quoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            return (trim(parts[0]).lowercased(), quoted ? String(value.dropFirst().dropLast()) : value)
        }
    }

    private static func trim(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// Delta-seconds (RFC 9111 §1.2.2); more than nine digits saturate at 999,999,999.
    private static func seconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.utf8.count > 9 ? 999_999_999 : Int(text)
    }
}
