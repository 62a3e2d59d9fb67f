// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct DomainTests {
    @Test("the session policy allows PutRumEvents on the one monitor and nothing else")
    func policy() {
        #expect(
            SessionPolicy(.named("Shop_Authenticated")).json
                == #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"arn:aws:rum:us-west-2:123456789012:appmonitor/Shop_Authenticated"}]}"#
        )
    }

    @Test("redacts credentials, tokens and subjects in descriptions and dumps")
    func redaction() {
        let credentials = TemporaryCredentials(
            accessKeyID: "ASIASECRET", secretAccessKey: "hush", sessionToken: "hush-token", expiration: .now)
        let encoded = EncodedCredentials.test("hush;", accessKeyID: "ASIASECRET", secretAccessKey: "hush")
        let vended = VendedCredentials(encoded: encoded, expiration: .now)
        let values: [Any] = [
            credentials, encoded, vended, BearerToken("hush"), WebIdentityToken("hush"), Subject("hush"),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), String(describing: Optional(value)), dumped] {
                #expect(!text.contains("hush"), "\(type(of: value)) printed \(text)")
                #expect(!text.contains("ASIASECRET"))
                #expect(!text.contains("104, 117, 115, 104"), "the bytes of \"hush\"")
            }
        }
    }

    @Test(
        "accepts an app name of 1 to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit",
        arguments: [
            ("demo-store", true), ("A.b_c-9", true), (String(repeating: "a", count: 64), true),
            (String(repeating: "a", count: 65), false), ("", false), ("-a", false), (".a", false), ("a/b", false),
            ("a b", false), ("é", false), ("a%20", false), ("a\n", false),
        ])
    func appName(text: String, isValid: Bool) {
        #expect((AppName(text) != nil) == isValid)
    }

    @Test("computes different digests for grants that differ in any part")
    func digests() {
        let grants: [Grant] = [
            .test(), .test(app: "other"), .test(audience: .guest), .test(monitor: "M2"), .test(role: "R2"),
            .test(duration: 3601),
        ]
        #expect(Set(grants.map(\.digest)).count == grants.count)
    }
}
