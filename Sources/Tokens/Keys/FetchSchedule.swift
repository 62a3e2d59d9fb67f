private import FoundationEssentials
package import Outbound

/// When keys are fetched again. Pure: what the answer said goes in, a wait comes out.
package enum FetchSchedule {
    /// A shorter lifetime would make us the provider's load, a longer one its blind spot.
    package static let bounds: ClosedRange<Duration> = .seconds(5 * 60) ... .seconds(24 * 60 * 60)
    package static let lifetimeByDefault = Duration.seconds(60 * 60)
    /// The wait after the first failure; doubled after each further one.
    package static let firstWait = Duration.seconds(1)
    /// While there are no keys, every second counts; while there are, the provider's recovery does.
    package static let longestWaitWithoutKeys = Duration.seconds(30)
    package static let longestWaitWithKeys = Duration.seconds(5 * 60)

    /// How long an answer is good for (RFC 9111 §4.2), within the bounds.
    package static func lifetime(of response: OutboundResponse) -> Duration {
        min(max(freshness(of: response) ?? lifetimeByDefault, bounds.lowerBound), bounds.upperBound)
    }

    /// Up to a tenth earlier, so that many instances do not come all at once.
    /// - Parameter random: 0 up to 1.
    package static func spread(_ lifetime: Duration, random: Double) -> Duration {
        max(lifetime * (1 - 0.1 * random), bounds.lowerBound)
    }

    /// - Parameter failures: in a row, 1 or more.
    package static func wait(afterFailures failures: Int, withKeys: Bool) -> Duration {
        let longest = withKeys ? longestWaitWithKeys : longestWaitWithoutKeys
        // Beyond this power every wait is the longest one.
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
        // What is no date has expired (RFC 9111 §5.3).
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

    /// Delta-seconds (RFC 9111 §1.2.2); those too long for us are as good as the longest that we take.
    private static func seconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.utf8.count > 9 ? 999_999_999 : Int(text)
    }
}
