import Foundation
import ServiceLifecycle
import Tokens
import Vending

/// Fetches the issuers' keys, then waits for the end.
struct KeyFetching: Service {
    let authenticator: TokenAuthenticator

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await authenticator.run()
        }
        try await gracefulShutdown()
    }
}

/// Lets expired credentials leave memory even if nobody asks.
struct CacheSweeping: Service {
    let cache: CredentialCache
    let now: @Sendable () -> Date

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await Task.sleep(for: .seconds(30))
                    cache.sweep(at: now())
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
    }
}
