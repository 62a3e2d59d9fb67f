// SPDX-License-Identifier: Apache-2.0

package import Cryptography
import StrictJSON
package import Vending

extension SignatureAlgorithm {
    /// Whether AWS accepts tokens that are signed with it: RS* and ES* (AssumeRoleWithWebIdentity `WebIdentityToken`).
    package var isAcceptedByAWS: Bool {
        switch self {
        case .rs256, .rs384, .rs512, .es256, .es384, .es512: true
        case .ps256, .ps384, .ps512, .edDSA: false
        }
    }
}

extension Grant.Exchange.Kind {
    /// Whether the exchange sends the user's own token to AWS.
    package var handsTokenToAWS: Bool {
        switch self {
        case .webIdentity, .cognito: true
        case .assumeRole, .minted: false
        }
    }
}

extension BearerToken {
    /// Throws if the token is signed with an algorithm that AWS refuses in any case, so that AWS need not be asked.
    package func checkSignatureForAWS() throws(ExchangeError) {
        guard let algorithm = signatureAlgorithm, !algorithm.isAcceptedByAWS else { return }
        throw ExchangeError(
            .refused, "the user's token is signed with \(algorithm.rawValue), and AWS accepts only RS* and ES*")
    }

    /// `alg` of the header (RFC 7515 §4.1.1); `nil` if there is none, which no verified token has.
    private var signatureAlgorithm: SignatureAlgorithm? {
        let header = rawValue.prefix { $0 != "." }
        guard let json = Base64URL.decode(String(header)), let members = try? JSONMembers(json),
            let name = try? members.value("alg")?.string
        else { return nil }
        return SignatureAlgorithm(rawValue: name)
    }
}
