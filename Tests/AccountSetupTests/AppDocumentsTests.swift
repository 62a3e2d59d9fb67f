// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import Testing
import Vending

@testable import AccountSetup

@Suite struct AppDocumentsTests {
    private static let role = "arn:aws-cn:iam::123456789012:role/rum/web/Users"

    private static func grant(
        _ exchange: Grant.Exchange = .webIdentity(role: role), seconds: Int = 1_800,
        audience: Grant.Audience = .signedIn, attribution: Attribution = Attribution(),
        guestSessions: Grant.GuestSessions = .shared, handOut: Int? = nil
    ) -> Grant {
        Grant(
            app: AppName("shop")!, audience: audience,
            monitor: AppMonitor(
                name: "Shop_Users", id: "11111111-2222-3333-4444-555555555555", region: "cn-north-1",
                account: "123456789012", partition: "aws-cn", endpoint: "https://dataplane.example"),
            exchange: exchange, sessionDuration: seconds, attribution: attribution, guestSessions: guestSessions,
            handOut: handOut, digest: { _ in SHA256Digest(words: (1, 2, 3, 4)) })
    }

    private static func documents(seconds: Int = 1_800) throws -> GrantDocuments {
        let grant = grant(seconds: seconds)
        return GrantDocuments(
            grant, role: try RoleARN(role),
            trust: TrustPolicy.federated([
                try #require(
                    OIDCProviderDocument(
                        Issuer("https://login.example.com/"), audiences: ["shop", "app"], account: "123456789012",
                        partition: .china))
            ]))
    }

    @Test("a role's permission policy equals the session policy, for one monitor")
    func permission() throws {
        let documents = try Self.documents()
        let permission = try #require(parse(documents.permission.json())["Statement"] as? [[String: Any]])
        let session = try #require(parse(documents.sessionPolicy)["Statement"] as? [[String: Any]])
        #expect(permission.count == 1 && session.count == 1)
        for member in ["Effect", "Action", "Resource"] {
            #expect(permission[0][member] as? String == session[0][member] as? String)
        }
        #expect(permission[0]["Resource"] as? String == "arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users")
    }

    @Test("with short credentials the role and the kept session may also make them, and the credentials may not")
    func handOut() throws {
        let grant = Self.grant(handOut: 300)
        let documents = GrantDocuments(grant, role: try RoleARN(Self.role), trust: TrustPolicy.federated([]))
        #expect(
            documents.permission.json()
                == #"{"Statement":[{"Action":"rum:PutRumEvents","Effect":"Allow","Resource":"arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users","Sid":"PutRumEvents"},{"Action":"sts:GetScopedCredentials","Effect":"Allow","Resource":"*","Sid":"GetScopedCredentials"}],"Version":"2012-10-17"}"#
        )
        #expect(try Self.documents().sessionPolicy == documents.sessionPolicy)
        #expect(documents.parentPolicy?.contains("sts:GetScopedCredentials") == true)
        #expect(try Self.documents().parentPolicy == nil)
    }

    @Test("the trust policy names the provider as IAM does, with a trailing slash and several audiences")
    func federation() throws {
        #expect(
            try Self.documents().trust.json()
                == #"{"Statement":[{"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"login.example.com/:aud":["shop","app"]}},"Effect":"Allow","Principal":{"Federated":"arn:aws-cn:iam::123456789012:oidc-provider/login.example.com/"}}],"Version":"2012-10-17"}"#
        )
    }

    @Test("the monitor's policy allows the role and denies every other principal and unsigned requests")
    func monitorPolicy() throws {
        #expect(
            try Self.documents().monitorPolicy.json()
                == #"{"Statement":[{"Action":"rum:PutRumEvents","Effect":"Allow","Principal":{"AWS":"arn:aws-cn:iam::123456789012:role/rum/web/Users"},"Resource":"arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users","Sid":"PutRumEvents"},{"Action":"rum:PutRumEvents","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws-cn:iam::123456789012:role/rum/web/Users"}},"Effect":"Deny","Principal":"*","Resource":"arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users","Sid":"NobodyElse"}],"Version":"2012-10-17"}"#
        )
    }

    @Test("a role's maximum session duration is the grant's, and at least IAM's minimum of one hour")
    func duration() throws {
        #expect(try Self.documents(seconds: 900).maximumSessionDuration == 3_600)
        #expect(try Self.documents(seconds: 43_200).maximumSessionDuration == 43_200)
    }

    @Test("the broker's AWS identity is trusted by ARN, and may assume only the roles of its grants")
    func assumed() throws {
        let broker = try #require(IdentityARN("arn:aws:iam::123456789012:user/ops/purser"))
        #expect(
            TrustPolicy.assumed(Self.grant(.assumeRole(role: Self.role, externalID: nil)), by: broker).json()
                == #"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ops/purser"}}],"Version":"2012-10-17"}"#
        )
        let guests = Self.grant(.assumeRole(role: "arn:aws:iam::123456789012:role/Guests", externalID: nil))
        #expect(
            TrustPolicy.assuming([guests]).json()
                == #"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Resource":"arn:aws:iam::123456789012:role/Guests","Sid":"AssumeGrantedRoles"}],"Version":"2012-10-17"}"#
        )
    }

    @Test("only tags, source identity and external id add actions and conditions to the policies")
    func extras() throws {
        let broker = try #require(IdentityARN("arn:aws:iam::123456789012:role/Purser"))
        let attribution = Attribution(
            sourceIdentity: true,
            tags: [SessionTagRule(key: "rum:app", source: .app)!, SessionTagRule(key: "idp", source: .issuer)!])
        let grant = Self.grant(.assumeRole(role: Self.role, externalID: "ext"), attribution: attribution)
        #expect(
            TrustPolicy.assumed(grant, by: broker).json()
                == #"{"Statement":[{"Action":["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/rum:app":"shop","sts:ExternalId":"ext"},"StringLike":{"sts:SourceIdentity":"?*"}},"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/Purser"}}],"Version":"2012-10-17"}"#
        )
        let plain = Self.grant(.assumeRole(role: Self.role, externalID: nil), audience: .guest)
        #expect(
            TrustPolicy.assuming([plain, grant]).json()
                == #"{"Statement":[{"Action":["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"],"Effect":"Allow","Resource":["arn:aws-cn:iam::123456789012:role/rum/web/Users","arn:aws-cn:iam::123456789012:role/rum/web/Users"],"Sid":"AssumeGrantedRoles"}],"Version":"2012-10-17"}"#
        )
    }

    @Test("a role for minted tokens trusts Purser's audience, and subjects of either users or guests")
    func minted() throws {
        let provider = try #require(
            OIDCProviderDocument(
                Issuer("https://purser.example.com"), audiences: ["sts.amazonaws.com"], account: "123456789012",
                partition: .china))
        func condition(_ grant: Grant) throws -> NSDictionary? {
            let policy = try parse(TrustPolicy.minted(grant, by: provider).json())
            return (policy["Statement"] as? [[String: Any]])?.first?["Condition"] as? NSDictionary
        }
        let aud = "purser.example.com:aud"
        let sub = "purser.example.com:sub"
        #expect(
            try condition(Self.grant(.minted(role: Self.role))) == [
                "StringEquals": [aud: "sts.amazonaws.com"], "StringNotLike": [sub: ["=guest*", "=visitor*"]],
            ])
        #expect(
            try condition(Self.grant(.minted(role: Self.role), audience: .guest)) == [
                "StringEquals": [aud: "sts.amazonaws.com", sub: "=guest.shop"]
            ])
        #expect(
            try condition(Self.grant(.minted(role: Self.role), audience: .guest, guestSessions: .perVisitor)) == [
                "StringEquals": [aud: "sts.amazonaws.com"], "StringLike": [sub: ["=guest*", "=visitor*"]],
            ])
    }

    @Test("a deny policy revokes one user's sessions by source identity, or by session name without one")
    func denyUser() throws {
        let time = Date(timeIntervalSince1970: 1_795_248_000)
        let pseudonym = Pseudonym("0123456789abcdef0123.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        func condition(_ attribution: Attribution) throws -> NSDictionary? {
            let deny = DenyPolicy(
                sessionsOf: SessionUser(pseudonym), before: time, grant: Self.grant(attribution: attribution))
            #expect(deny.neededUntil == time.addingTimeInterval(1_800))
            let policy = try parse(deny.document.json())
            return (policy["Statement"] as? [[String: Any]])?.first?["Condition"] as? NSDictionary
        }
        let before = ["aws:TokenIssueTime": "2026-11-21T08:00:00Z"]
        #expect(
            try condition(Attribution(sourceIdentity: true)) == [
                "StringEquals": ["aws:SourceIdentity": pseudonym.text], "DateLessThan": before,
            ])
        #expect(
            try condition(Attribution()) == [
                "StringLike": ["aws:userid": "*:\(pseudonym.text)"], "DateLessThan": before,
            ])
    }

    @Test("the Terraform template escapes template sequences and has everything in the CloudFormation template")
    func terraform() throws {
        let grant = try Self.documents()
        let documents = AppDocuments(
            app: AppName("shop")!, domains: ["${x}.example.com"], signedIn: grant, guest: nil, providers: [],
            broker: nil)
        let text = String(decoding: try JSONEncoder().encode(TerraformTemplate.make(documents)), as: UTF8.self)
        let template = try parse(text)
        let resources = try #require(template["resource"] as? [String: [String: [String: Any]]])
        let monitor = try #require(resources["awscc_rum_app_monitor"]?["signed_in"])
        #expect(monitor["domain_list"] as? [String] == ["$${x}.example.com"])
        #expect(monitor["name"] as? String == "Shop_Users")
        #expect((monitor["resource_policy"] as? [String: String])?["policy_document"] == grant.monitorPolicy.json())
        let role = try #require(resources["aws_iam_role"]?["signed_in"])
        #expect(role["assume_role_policy"] as? String == grant.trust.json())
        #expect(role["path"] as? String == "/rum/web/")
        #expect(resources["aws_iam_role_policy"]?["signed_in"]?["policy"] as? String == grant.permission.json())
    }

    @Test(
        "rejects a trusted identity that is not an IAM role or user",
        arguments: [
            "", "*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/", "arn:aws:iam::*:role/x",
            "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:group/x", "arn:aws:iam::12:role/x",
            "arn:aws:sts::123456789012:assumed-role/x/y", "arn:aws:iam:us-east-1:123456789012:role/x",
            "arn:aws:iam::123456789012:role/x\"},\"Action\":\"*",
        ])
    func invalidIdentity(arn: String) {
        #expect(IdentityARN(arn) == nil)
    }

    @Test("Google is built into AWS: no provider is created, and the trust policy names it without an ARN")
    func google() throws {
        let google = try #require(
            OIDCProviderDocument(
                Issuer("https://accounts.google.com"), audiences: ["a"], account: "123456789012", partition: .commercial
            ))
        #expect(google.isBuiltIn)
        let trust = TrustPolicy.federated([google]).json()
        #expect(trust.contains(#""Principal":{"Federated":"accounts.google.com"}"#))
        #expect(trust.contains(#""accounts.google.com:aud":"a""#))
    }

    @Test("an issuer without https has no IAM provider")
    func plainIssuer() {
        #expect(
            OIDCProviderDocument(
                Issuer("http://127.0.0.1:1/"), audiences: ["a"], account: "123456789012", partition: .commercial) == nil
        )
    }

    @Test("a deny policy revokes sessions by time of issue and is needed for one session duration")
    func deny() {
        let time = Date(timeIntervalSince1970: 1_795_248_000)
        let deny = DenyPolicy(sessionsBefore: time, sessionDuration: 3_600)
        #expect(
            deny.document.json()
                == #"{"Statement":[{"Action":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-21T08:00:00Z"}},"Effect":"Deny","Resource":"*","Sid":"CutOff"}],"Version":"2012-10-17"}"#
        )
        #expect(deny.neededUntil == time.addingTimeInterval(3_600))
    }

    @Test("a role ARN's path is separated from its name")
    func path() throws {
        #expect(try RoleARN("arn:aws:iam::123456789012:role/a/b/Name").path == "/a/b/")
        #expect(try RoleARN("arn:aws:iam::123456789012:role/Name").path == "/")
    }

    private func parse(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }
}
