package import Outbound
private import Synchronization

/// The keys behind a JWK Set URL, fetched until that succeeds once.
package final class RemoteKeys: KeySource {
    /// What an operator wants to know.
    package enum Event: Sendable {
        case fetched(KeySetURL, KeySet)
        case failed(KeySetURL, KeyFetchProblem, retryIn: Duration)
    }

    package static let timeout = Duration.seconds(5)
    /// The wait after the first failure; doubled after each further one, up to `longestWait`.
    package static let firstWait = Duration.seconds(1)
    package static let longestWait = Duration.seconds(30)

    package let url: KeySetURL
    private let transport: any OutboundTransport
    private let clock: any Clock<Duration>
    private let report: @Sendable (Event) -> Void
    private let keys = Mutex<KeySet?>(nil)

    package init(
        url: KeySetURL, transport: any OutboundTransport, clock: any Clock<Duration>,
        report: @escaping @Sendable (Event) -> Void
    ) {
        self.url = url
        self.transport = transport
        self.clock = clock
        self.report = report
    }

    package var current: KeySet? { keys.withLock { $0 } }

    /// Fetches until it has keys, waiting longer after each failure; ends then, or when its task is cancelled.
    package func run() async {
        var wait = Self.firstWait
        while current == nil, !Task.isCancelled {
            do throws(KeyFetchProblem) {
                try await fetch()
                return
            } catch {
                // A fetch that was cancelled says nothing about the issuer.
                guard !Task.isCancelled else { return }
                report(.failed(url, error, retryIn: wait))
            }
            do {
                try await clock.sleep(for: wait, tolerance: nil)
            } catch {
                return
            }
            wait = min(wait * 2, Self.longestWait)
        }
    }

    private func fetch() async throws(KeyFetchProblem) {
        let request = OutboundRequest(
            url: url.rawValue, headers: [("accept", "application/json, application/jwk-set+json")])
        let response: OutboundResponse
        do throws(OutboundFailure) {
            response = try await transport.send(request, timeout: Self.timeout, bodyLimit: KeySet.documentLimit)
        } catch {
            throw .transport(error)
        }
        guard response.status == 200 else { throw .status(response.status) }
        let type = response.header("content-type")
        guard let type, Self.isJSON(type) else { throw .contentType(type) }
        let fetched: KeySet
        do throws(KeySetProblem) {
            fetched = try KeySet(jwks: response.body)
        } catch {
            throw .keySet(error)
        }
        keys.withLock { $0 = fetched }
        report(.fetched(url, fetched))
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().split(separator: " ").joined()
        return type == "application/json" || type == "application/jwk-set+json"
    }
}
