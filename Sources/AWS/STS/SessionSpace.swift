// SPDX-License-Identifier: Apache-2.0

package import Vending

/// How much of the space that AWS has for a session it takes. Beyond 100 %, AWS refuses the session.
package struct SessionSpace: Sendable {
    /// `nil` for the broker's own sessions.
    package let app: AppName?
    /// Percent of the space for session policies and tags (`PackedPolicySize`); `nil` if AWS does not return it.
    package let packedPolicy: Int?
    /// Percent of the space for a session token (`SessionTokenUtilization`); `nil` if AWS does not return it.
    package let sessionToken: Int?

    init(_ response: STSResponse, app: AppName?) {
        self.app = app
        packedPolicy = response.packedPolicySize
        sessionToken = response.sessionTokenUtilization
    }
}
