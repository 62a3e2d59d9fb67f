// SPDX-License-Identifier: Apache-2.0

package import Vending

/// A public guest monitor: its resource policy admits unsigned requests, so that pages need neither credentials nor
/// Purser (Amazon CloudWatch User Guide, "Use resource-based policies with CloudWatch RUM").
package enum PublicMonitor {
    /// What such a monitor gives up, in comparison with guest credentials.
    package static let explanation =
        "a public monitor (Principal \"*\") needs no credentials and no Purser, but anybody may write to it: its events "
        + "belong to no session, so nobody can be attributed, denied or rate-limited; an alias is readable in the page "
        + "and no secret"

    /// - Returns: `nil` for a monitor of signed-in users, which must never be public.
    package static func policy(of grant: Grant) -> PolicyDocument? {
        guard grant.audience == .guest else { return nil }
        let condition = grant.monitor.alias.map { ["StringEquals": ["rum:alias": OneOrMore([$0])]] }
        return PolicyDocument(
            .init(
                sid: "PutRumEvents", effect: .allow, principal: .everyone, action: "rum:PutRumEvents",
                resource: OneOrMore([grant.monitor.arn]), condition: condition))
    }
}
