// SPDX-License-Identifier: Apache-2.0

import Outbound
private import Synchronization
package import Vending

/// Fetches an issuer's key set, from a fixed address or from the address in its discovery document.
final class KeyFetcher: Sendable {
    struct Fetched: Sendable {
        let keys: KeySet
        /// The response's freshness lifetime, within `FetchSchedule.bounds`.
        let lifetime: Duration
    }

    private struct Located {
        let url: KeySetURL
        /// The end of the discovery document's lifetime, on the monotonic clock.
        let until: Duration
    }

    /// For one request.
    static let timeout = Duration.seconds(5)

    private let location: KeyPlace
    private let transport: any OutboundTransport
    private let time: MonotonicTime
    private let discovered: @Sendable (DiscoveryDocument) -> Void
    private let located = Mutex<Located?>(nil)

    /// - Parameter discovered: called with each valid discovery document.
    init(
        _ place: KeyPlace, transport: any OutboundTransport, time: MonotonicTime,
        discovered: @escaping @Sendable (DiscoveryDocument) -> Void
    ) {
        location = place
        self.transport = transport
        self.time = time
        self.discovered = discovered
    }

    func fetch() async throws(KeyFetchError) -> Fetched {
        let issuer: Issuer
        switch location {
        case .url(let url): return try await keys(at: url)
        case .discovery(let configured): issuer = configured
        }
        guard let known = located.withLock({ $0 }), time.now() < known.until else {
            return try await keys(at: locate(issuer))
        }
        do throws(KeyFetchError) {
            return try await keys(at: known.url)
        } catch {
            // The keys may have moved before the discovery document expires.
            let url = try await locate(issuer)
            guard url != known.url else { throw error }
            return try await keys(at: url)
        }
    }

    private func keys(at url: KeySetURL) async throws(KeyFetchError) -> Fetched {
        let response = try await document(at: url.rawValue, limit: KeySet.documentLimit)
        do throws(KeySetError) {
            return Fetched(keys: try KeySet(jwks: response.body), lifetime: FetchSchedule.lifetime(of: response))
        } catch {
            throw .keySet(error)
        }
    }

    private func locate(_ issuer: Issuer) async throws(KeyFetchError) -> KeySetURL {
        var problems: [KeyFetchError.Attempt] = []
        for address in DiscoveryDocument.addresses(of: issuer) {
            do throws(KeyFetchError) {
                let response = try await document(at: address, limit: DiscoveryDocument.limit)
                let document: DiscoveryDocument
                do throws(DiscoveryError) {
                    document = try DiscoveryDocument(response.body, of: issuer)
                } catch {
                    throw .discovery(error)
                }
                discovered(document)
                let until = time.now() + FetchSchedule.lifetime(of: response)
                located.withLock { $0 = Located(url: document.keySetURL, until: until) }
                return document.keySetURL
            } catch {
                problems.append(.init(address: address, problem: "\(error)"))
            }
        }
        throw .notFound(problems)
    }

    private func document(at address: String, limit: Int) async throws(KeyFetchError) -> OutboundResponse {
        let request = OutboundRequest(
            url: address, headers: [("accept", "application/json, application/jwk-set+json")])
        let response: OutboundResponse
        do throws(OutboundError) {
            response = try await transport.send(request, timeout: Self.timeout, bodyLimit: limit)
        } catch {
            throw .transport(error)
        }
        guard response.status == 200 else { throw .status(response.status) }
        let type = response.header("content-type")
        guard let type, Self.isJSON(type) else { throw .contentType(type) }
        return response
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().split(separator: " ").joined()
        return type == "application/json" || type == "application/jwk-set+json"
    }
}

/// Where an issuer's keys are found.
package enum KeyPlace: Hashable, Sendable {
    case url(KeySetURL)
    /// At the address in the issuer's discovery document.
    case discovery(Issuer)
}
