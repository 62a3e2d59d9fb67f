// SPDX-License-Identifier: Apache-2.0

/// The trust policies of the roles of `purser dev`. They equal what `purser policy` prints for its apps.
enum DemoTrust {
    /// IAM's name for the broker as an OIDC provider. It never resolves to a public host (RFC 6761 §6.3).
    static let broker = "purser.localhost"
    private static let app = "demo-minted"

    static func signedIn(account: String, clientID: String) -> String {
        let provider = SandboxConfiguration.identityProvider
        return document(
            #""Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"\#(provider):aud":"\#(clientID)"}}"#,
            by: federated(provider, account))
    }

    static func guest(account: String) -> String {
        document(
            #""Action":"sts:AssumeRole""#,
            by: #""AWS":"arn:aws:iam::\#(account):user/\#(SandboxConfiguration.brokerUser)""#)
    }

    static func mintedSignedIn(account: String) -> String {
        document(
            #""Action":["sts:AssumeRoleWithWebIdentity","sts:SetSourceIdentity","sts:TagSession"],"Condition":{"StringEquals":\#(tokens),"StringLike":{"sts:SourceIdentity":"?*"},"StringNotLike":{"\#(broker):sub":\#(guests)}}"#,
            by: federated(broker, account))
    }

    static func mintedGuest(account: String) -> String {
        document(
            #""Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{"StringEquals":\#(tokens),"StringLike":{"\#(broker):sub":\#(guests)}}"#,
            by: federated(broker, account))
    }

    private static let tokens = #"{"aws:RequestTag/app":"\#(app)","\#(broker):aud":"sts.amazonaws.com"}"#
    private static let guests = #"["=guest*","=visitor*"]"#

    private static func federated(_ provider: String, _ account: String) -> String {
        #""Federated":"arn:aws:iam::\#(account):oidc-provider/\#(provider)""#
    }

    private static func document(_ rest: String, by principal: String) -> String {
        #"{"Statement":[{\#(rest),"Effect":"Allow","Principal":{\#(principal)}}],"Version":"2012-10-17"}"#
    }
}
