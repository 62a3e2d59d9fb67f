// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import TestSupport
import Testing
import Vending

@testable import Service

@Suite struct TargetTests {
    @Test(
        "finds the resource of each app path, and ignores the query",
        arguments: [
            ("/v1/apps/shop/credentials", Target.Resource.credentials),
            ("/v1/apps/shop/guest-credentials", .guestCredentials),
            ("/v1/apps/shop/credentials?token=x&y=/", .credentials), ("/v1/apps/shop/credentials?a?b", .credentials),
            ("/v1/apps/shop/credentials??", .credentials),
            ("/v1/apps/shop/credentials/container", .container),
            ("/v1/apps/shop/guest-credentials/container", .guestContainer),
        ])
    func found(path: String, resource: Target.Resource) {
        let target = Target(path: path)
        #expect(target?.app == AppName("shop"))
        #expect(target?.resource == resource)
    }

    @Test("keeps the app monitor's id of a path byte for byte")
    func monitor() {
        for id in ["11111111-2222-3333-4444-555555555555", "A", "%41", "..", "ä"] {
            let target = Target(path: "/v1/apps/shop/appmonitors/\(id)?x=/y")
            #expect(target?.resource == .appMonitors && target?.monitorID == id)
        }
        #expect(Target(path: "/v1/apps/shop/credentials")?.monitorID == nil)
    }

    @Test(
        "rejects every other path",
        arguments: [
            "", "/", "/v1/apps/shop", "/v1/apps/shop/", "/v1/apps//credentials", "/v1/apps/shop/credentials/",
            "/v1/apps/shop/appmonitors", "/v1/apps/shop/appmonitors/", "/v1/apps/shop/appmonitors//",
            "/v1/apps/shop/appmonitors/a/", "/v1/apps/shop/appmonitors/a/b", "/v1/apps/shop/AppMonitors/a",
            "/v1/apps/shop/credentials/container/", "/v1/apps/shop/container",
            "/v1/apps/shop/credentials//container", "/v1/apps/shop/credentials/containers",
            "//v1/apps/shop/credentials", "/v1/apps/shop/Credentials", "/V1/apps/shop/credentials",
            "/v1/apps/sh%6Fp/credentials", "/v1/apps/../apps/shop/credentials", "/v1/apps/shop/credentials#x",
            "http://host/v1/apps/shop/credentials", "*", "/v1/apps/shop\u{0}/credentials",
        ])
    func unknown(path: String) {
        #expect(Target(path: path) == nil)
    }
}

@Suite struct AuthorizationTests {
    private func parse(_ values: String...) -> String {
        var headers = HTTPFields()
        for value in values { headers.append(HTTPField(name: .authorization, value: value)) }
        return switch Authorization(headers, { BearerToken($0).digest }) {
        case .absent: "absent"
        case .bearer(let token): "bearer:\(token.rawValue)"
        case .otherScheme: "other"
        case .repeated: "repeated"
        }
    }

    @Test("returns a bearer token unchanged, and ignores the case of the scheme")
    func bearer() {
        #expect(parse("Bearer a.b.c") == "bearer:a.b.c")
        #expect(parse("bearer a.b.c") == "bearer:a.b.c")
        #expect(parse("BEARER   a b") == "bearer:a b")
        #expect(parse("Bearer") == "bearer:")
    }

    @Test("distinguishes a missing field, another scheme, a similar scheme and repeated fields")
    func others() {
        #expect(parse() == "absent")
        #expect(parse("Basic YWxpY2U6") == "other")
        #expect(parse("Bearerx y") == "other")
        #expect(parse("a.b.c") == "other")
        #expect(parse("Bearer a", "Bearer a") == "repeated")
    }
}
