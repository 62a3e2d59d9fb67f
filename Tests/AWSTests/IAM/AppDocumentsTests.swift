import Foundation
import Testing
import Vending

@testable import AWS

@Suite struct AppDocumentsTests {
    private static func grant(_ exchange: Grant.Exchange = .webIdentity, seconds: Int = 1_800) -> Grant {
        Grant(
            app: AppName("shop")!, audience: .signedIn,
            monitor: AppMonitor(
                name: "Shop_Users", id: "11111111-2222-3333-4444-555555555555", region: "cn-north-1",
                account: "123456789012", partition: "aws-cn", endpoint: "https://dataplane.example"),
            exchange: exchange, roleARN: "arn:aws-cn:iam::123456789012:role/rum/web/Users", sessionDuration: seconds,
            digest: { _ in GrantDigest(words: (1, 2, 3, 4)) })
    }

    private static func documents(seconds: Int = 1_800) throws -> GrantDocuments {
        let grant = grant(seconds: seconds)
        return GrantDocuments(
            grant, role: try RoleARN(grant.roleARN),
            trust: TrustPolicy.federated([
                try #require(
                    OIDCProvider(
                        Issuer("https://login.example.com/"), audiences: ["shop", "app"], account: "123456789012",
                        partition: .china))
            ]))
    }

    @Test("a role's permission is the session policy's, on the one monitor")
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

    @Test("the trust names the provider as IAM spells it, a trailing slash and several audiences included")
    func federation() throws {
        #expect(
            try Self.documents().trust.json()
                == #"{"Statement":[{"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"login.example.com/:aud":["shop","app"]}},"Effect":"Allow","Principal":{"Federated":"arn:aws-cn:iam::123456789012:oidc-provider/login.example.com/"}}],"Version":"2012-10-17"}"#
        )
    }

    @Test("the monitor admits the role, and refuses whoever is not it or is nobody")
    func monitorPolicy() throws {
        #expect(
            try Self.documents().monitorPolicy.json()
                == #"{"Statement":[{"Action":"rum:PutRumEvents","Effect":"Allow","Principal":{"AWS":"arn:aws-cn:iam::123456789012:role/rum/web/Users"},"Resource":"arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users","Sid":"PutRumEvents"},{"Action":"rum:PutRumEvents","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws-cn:iam::123456789012:role/rum/web/Users"}},"Effect":"Deny","Principal":"*","Resource":"arn:aws-cn:rum:cn-north-1:123456789012:appmonitor/Shop_Users","Sid":"NobodyElse"}],"Version":"2012-10-17"}"#
        )
    }

    @Test("a role lets its sessions live as long as the grant's, and never less than IAM's hour")
    func duration() throws {
        #expect(try Self.documents(seconds: 900).maximumSessionDuration == 3_600)
        #expect(try Self.documents(seconds: 43_200).maximumSessionDuration == 43_200)
    }

    @Test("Purser's own identity is trusted by name, and may take just those roles")
    func assumed() throws {
        let broker = try #require(IdentityARN("arn:aws:iam::123456789012:user/ops/purser"))
        #expect(
            TrustPolicy.assumed(by: broker).json()
                == #"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ops/purser"}}],"Version":"2012-10-17"}"#
        )
        let role = try RoleARN("arn:aws:iam::123456789012:role/Guests")
        #expect(
            TrustPolicy.assuming([role]).json()
                == #"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Resource":"arn:aws:iam::123456789012:role/Guests","Sid":"AssumeGrantedRoles"}],"Version":"2012-10-17"}"#
        )
    }

    @Test(
        "only a role or user of IAM can be trusted",
        arguments: [
            "", "*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/", "arn:aws:iam::*:role/x",
            "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:group/x", "arn:aws:iam::12:role/x",
            "arn:aws:sts::123456789012:assumed-role/x/y", "arn:aws:iam:us-east-1:123456789012:role/x",
            "arn:aws:iam::123456789012:role/x\"},\"Action\":\"*",
        ])
    func strangeIdentity(arn: String) {
        #expect(IdentityARN(arn) == nil)
    }

    @Test("Google is AWS's own provider: none is made, and the trust names it by its name")
    func google() throws {
        let google = try #require(
            OIDCProvider(
                Issuer("https://accounts.google.com"), audiences: ["a"], account: "123456789012", partition: .commercial
            ))
        #expect(google.isBuiltIn)
        let trust = TrustPolicy.federated([google]).json()
        #expect(trust.contains(#""Principal":{"Federated":"accounts.google.com"}"#))
        #expect(trust.contains(#""accounts.google.com:aud":"a""#))
    }

    @Test("IAM has no provider for an issuer without https")
    func plainIssuer() {
        #expect(
            OIDCProvider(
                Issuer("http://127.0.0.1:1/"), audiences: ["a"], account: "123456789012", partition: .commercial) == nil
        )
    }

    @Test("a deny policy cuts off by the time of issue and is needed for one session more")
    func deny() {
        let time = Date(timeIntervalSince1970: 1_795_248_000)
        let deny = DenyPolicy(sessionsBefore: time, sessionDuration: 3_600)
        #expect(
            deny.document.json()
                == #"{"Statement":[{"Action":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-21T08:00:00Z"}},"Effect":"Deny","Resource":"*","Sid":"CutOff"}],"Version":"2012-10-17"}"#
        )
        #expect(deny.neededUntil == time.addingTimeInterval(3_600))
    }

    @Test("the path of a role is told apart from its name")
    func path() throws {
        #expect(try RoleARN("arn:aws:iam::123456789012:role/a/b/Name").path == "/a/b/")
        #expect(try RoleARN("arn:aws:iam::123456789012:role/Name").path == "/")
    }

    private func parse(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }
}
