package import Vending

/// The port to where Purser's own AWS identity comes from.
package protocol OwnCredentialProvider: Sendable {
    /// Asked before every signed request, so whatever is slow behind it is to be cached there.
    func credentials() async throws(ExchangeFailure) -> OwnCredentials

    /// AWS said that these are expired or unknown: they are not to be given out again.
    /// - Returns: whether others may come in their place, so that another attempt makes sense.
    func invalidate(_ credentials: OwnCredentials) -> Bool
}

extension OwnCredentialProvider {
    /// For one attempt of a call.
    func signer() async throws(AttemptFailure) -> Signer {
        do throws(ExchangeFailure) {
            return Signer(credentials: try await credentials(), provider: self)
        } catch {
            throw AttemptFailure(.ownCredentials, error.detail)
        }
    }
}

/// What one attempt is signed with, and who gave it.
struct Signer: Sendable {
    let credentials: OwnCredentials
    fileprivate let provider: any OwnCredentialProvider

    /// AWS would not have them.
    func invalidate() -> Bool { provider.invalidate(credentials) }
}

/// Credentials that are there already, to sign one call with.
struct FixedCredentials: OwnCredentialProvider {
    private let held: OwnCredentials

    init(_ held: OwnCredentials) {
        self.held = held
    }

    func credentials() async throws(ExchangeFailure) -> OwnCredentials { held }

    func invalidate(_ credentials: OwnCredentials) -> Bool { false }
}
