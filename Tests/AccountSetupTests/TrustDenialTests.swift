// SPDX-License-Identifier: Apache-2.0

import AWS
import Testing
import Vending

@testable import AccountSetup

@Suite struct TrustDenialTests {
    @Test("denies subjects of the provider beside the statement that allows its users")
    func webIdentity() throws {
        let provider = try #require(
            OIDCProviderDocument(
                Issuer("https://login.example.com/"), audiences: ["shop"], account: "123456789012",
                partition: .commercial))
        let statement = TrustDenial.statement(subjects: ["auth0|1", "auth0|2"], of: provider)
        let principal = #""Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/login.example.com/"}"#
        let deny =
            #"{"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"login.example.com/:sub":["auth0|1","auth0|2"]}},"Effect":"Deny",\#(principal),"Sid":"DenyUsers"}"#
        #expect(PolicyDocument.text(of: statement) == deny)
        #expect(
            TrustPolicy.federated([provider]).adding(statement).json()
                == #"{"Statement":[{"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"login.example.com/:aud":"shop"}},"Effect":"Allow",\#(principal)},\#(deny)],"Version":"2012-10-17"}"#
        )
    }

    @Test("denies identities of a pool by the pool's own key")
    func cognito() throws {
        let identity = "us-west-2:11111111-2222-3333-4444-555555555555"
        let pool = try #require(IdentityPool(id: identity, flow: .enhanced(customRole: nil)))
        let text = PolicyDocument.text(of: TrustDenial.statement(identities: [identity], in: pool, .commercial))
        #expect(text.contains(#""Condition":{"StringEquals":{"cognito-identity.amazonaws.com:sub":"\#(identity)"}}"#))
        #expect(text.contains(#""Effect":"Deny","Principal":{"Federated":"cognito-identity.amazonaws.com"}"#))
    }

    private func grant(_ audience: Grant.Audience, alias: String?) -> Grant {
        Grant(
            app: AppName("shop")!, audience: audience,
            monitor: AppMonitor(
                name: "Shop", id: "1", region: "us-west-2", account: "123456789012", partition: "aws",
                endpoint: "https://dataplane.example", alias: alias),
            exchange: .minted(role: "arn:aws:iam::123456789012:role/R"), sessionDuration: 3_600,
            digest: { _ in SHA256Digest(words: (1, 2, 3, 4)) })
    }

    @Test("a public policy is for guest monitors only, and requires the alias if there is one")
    func publicMonitor() {
        #expect(PublicMonitor.policy(of: grant(.signedIn, alias: "a")) == nil)
        let allow =
            #""Effect":"Allow","Principal":"*","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Shop","Sid":"PutRumEvents"}],"Version":"2012-10-17"}"#
        #expect(
            PublicMonitor.policy(of: grant(.guest, alias: nil))?.json()
                == #"{"Statement":[{"Action":"rum:PutRumEvents",\#(allow)"#)
        #expect(
            PublicMonitor.policy(of: grant(.guest, alias: "a"))?.json()
                == #"{"Statement":[{"Action":"rum:PutRumEvents","Condition":{"StringEquals":{"rum:alias":"a"}},\#(allow)"#
        )
    }
}
