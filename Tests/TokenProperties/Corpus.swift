// SPDX-License-Identifier: Apache-2.0

/// The initial inputs: valid ones, so that mutations stay close to what is accepted, and known attacks.
package struct Corpus: Sendable {
    package let inputs: [FuzzEntry: [[UInt8]]]

    /// - Parameter vectors: the lines of `jws/jws_vectors.jsonl`.
    package init(vectors: [UInt8]) {
        var inputs: [FuzzEntry: [[UInt8]]] = [:]
        for line in vectors.split(separator: 0x0A) {
            guard let vector = Vector(line) else { continue }
            inputs[.token, default: []].append(vector.token)
            inputs[.jwks, default: []].append(vector.keys)
        }
        for entry in FuzzEntry.allCases {
            inputs[entry, default: []] += Self.handwritten(entry).map { Array($0.utf8) }
        }
        self.inputs = inputs
    }

    private static func handwritten(_ entry: FuzzEntry) -> [String] {
        switch entry {
        case .token:
            [
                "eyJhbGciOiJFUzI1NiJ9.e30.AA", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJ4In0.AAAA",
                "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tLyJ9.AAAA", ".", "..",
                "...", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.e30", "e30.e31.e30", "e30=.e30.e30",
            ]
        case .header:
            [
                #"{"alg":"ES256"}"#, #"{"alg":"ES256","kid":"k1","typ":"JWT"}"#, #"{"alg":"none"}"#,
                #"{"typ":"application/at+jwt","alg":"ES256","kid":"k1","cty":"JSON"}"#,
                #"{"alg":"ES256","crit":["b64"]}"#,
                #"{"alg":"ES256","alg":"none"}"#, #"{"\u0061lg":"ES256"}"#, #"{"alg":"ES256","jku":"https://x/"}"#,
            ]
        case .claims:
            [
                good(), good(#","nbf":1795230000,"iat":1795230000.5,"azp":"shop","email_verified":true"#),
                good().replacing(#""shop""#, with: #"["shop","other"]"#),
                good().replacing("1795233600", with: "1.7952336e9"),
                good(#","a":{"b":[{"c":null}]}"#), good(#","exp":1"#),
                good().replacing("alice", with: #"\u00e9\ud83d\ude00"#),
            ]
        case .fastlane: Self.requests
        case .json:
            [
                "{}", "[]", "null", "true", "-0.5e+10", #""\u0000""#, #""\ud83d\ude00""#, #""\ud83d""#,
                #"{"a":1,"a":2}"#,
                #"{"a":[1,{"b":"c\n"},[]],"d":null}"#, "[[[[[[[[[[]]]]]]]]]]", " 1 ", "\u{FEFF}{}", "1 2",
                #"{"a\/\#u{FEFF}b":1}"#,
            ]
        case .jwks:
            [
                #"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#,
                #"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},{"kty":"oct","k":"AA"}]}"#,
            ]
        case .pem:
            [
                """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A
                iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==
                -----END PUBLIC KEY-----

                """,
                """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
                -----END PUBLIC KEY-----
                """,
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ]
        case .discovery:
            [
                #"{"issuer":"https://login.example.com/","jwks_uri":"https://login.example.com/jwks.json"}"#,
                #"{"jwks_uri":"HTTPS://[::1]:8443/a?b=c%20d","issuer":"https:\/\/login.example.com\/","x":[1,2]}"#,
                #"{"issuer":"https://login.example.com/","jwks_uri":"https://user@login.example.com/"}"#,
            ]
        case .batch:
            [
                #"{"BatchId":"1","UserDetails":{"userId":"alice","sessionId":"s"},"RumEvents":[{"details":"{\"a\":1}"}]}"#,
                #"{"User\u0044etails":{"userI\u0064":"\u0061\ud83d\ude00"}}"#, #"{"UserDetails":{"userId":null}}"#,
                #"{"UserDetails":null,"a":[true,false,null,-0.5e+10,[],{}]}"#, #"{"UserDetails":{"userId":7}}"#,
                #"{"UserDetails":["alice"]}"#, #"{"userdetails":{"userId":"alice"}}"#,
                #"{"UserDetails":{"userId":"a","UserID":"b"}}"#, #"{"UserDetails":{"userId":"a","userId":"b"}}"#,
                #"{"UserDetails":{"userId":"longer than sixteen bytes"}}"#, "{\"U\u{17F}erDetail\u{17F}\":{}}",
                #"{"RumEvents":[{"a":{"x":1}},{"a":{"x":1,"y":{"x":2}}}],"a":"é😀"}"#, #"{"a":"\ud800"}"#, "[]", "{}{}",
            ]
        }
    }

    private static func good(_ more: String = "") -> String {
        #"{"iss":"https://login.example.com/","sub":"alice","aud":"shop","exp":1795233600\#(more)}"#
    }

    private static var requests: [String] {
        let resources = ["credentials", "guest-credentials", "credentials/container", "guest-credentials/container"]
        let lines = [
            "", "Authorization: Bearer a.b.c\r\n", "Origin: https://shop.example.com\r\nAccept: */*\r\n",
            "authorization:bearer x\r\nX-Forwarded-For: 192.0.2.1, 10.0.0.1\r\nConnection: keep-alive\r\n",
            "Accept-Language:\r\nCookie: a=b; c=d\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) \"q\"\r\n",
            "Connection: close\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: h2c\r\n", "Host: b\r\n", "Folded: a\r\n b\r\n", "A : b\r\n", "A:\tb\r\n", "A: b \r\n",
            "A: \u{e9}\r\n",
            "Origin: a\r\nOrigin: b\r\n", "TE: trailers\r\n", "Bare: a\nLine: b\r\n",
        ]
        return resources.flatMap { resource in
            lines.map { "GET /v1/apps/shop/\(resource) HTTP/1.1\r\nHost: localhost:8080\r\n\($0)\r\n" }
        } + [
            "GET /v1/apps/shop/credentials?a=b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/apps/shop/credentials HTTP/1.0\r\nHost: a\r\n\r\n",
            "GET  /v1/apps/shop/credentials HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/apps/%73hop/credentials HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/apps/shop/credentials HTTP/1.1\nHost: a\n\n", "GET /v1/apps/shop/credentials HTTP/1.1\r\n\r\n",
        ]
    }
}
