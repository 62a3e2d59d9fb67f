// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AWS

/// What proxies and hops change on the way must not be signed.
@Suite struct UnsignedHeaderTests {
    private func signed(_ headers: [(name: String, value: String)]) -> SigV4.Signed {
        let request = SignableRequest(
            method: "POST", path: "/", headers: [("Host", "sts.us-west-2.amazonaws.com")] + headers)
        return SigV4(region: "us-west-2", service: "sts").sign(
            request, credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: "s", sessionToken: nil),
            date: Fixture.now)
    }

    @Test(
        "a header whose name begins with proxy- is sent and never signed",
        arguments: ["Proxy-Authorization", "proxy-connection", "PROXY-AUTHENTICATE", "proxy-"])
    func proxy(name: String) {
        let (with, without) = (signed([(name, "value")]), signed([]))
        #expect(with.canonicalRequest == without.canonicalRequest)
        #expect(with.signature == without.signature)
        #expect(with.request.headers.contains { $0.name == name && $0.value == "value" })
        let presigned = SigV4(region: "us-west-2", service: "sts").presign(
            with.request, credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: "s", sessionToken: nil),
            date: Fixture.now, expiration: 60)
        #expect(presigned.request.query?.lowercased().contains("proxy") == false)
    }

    @Test(
        "collapses spaces in a header's value and nothing else",
        arguments: [
            ("a  b   c", "a b c"), (" a ", "a"), ("\ta\t", "a"), ("a\tb", "a\tb"), ("a \t b", "a \t b"),
            ("a\t\tb", "a\t\tb"), ("a\u{B}b", "a\u{B}b"), ("a\r\n  b", "a b"), ("", ""), ("   ", ""), ("\t", ""),
            ("a\u{A0}\u{A0}b", "a\u{A0}\u{A0}b"),
        ])
    func spaces(value: String, expected: String) {
        #expect(CanonicalRequest.headers([("x", value)]).map(\.value) == [expected])
    }

    @Test("a header that only contains proxy is signed", arguments: ["x-proxy-id", "proxy", "proxyid"])
    func notProxy(name: String) {
        #expect(CanonicalRequest.headers([(name, "value")]).map(\.name) == [name])
        #expect(signed([(name, "one")]).signature != signed([(name, "two")]).signature)
    }
}
