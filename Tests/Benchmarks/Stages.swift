// SPDX-License-Identifier: Apache-2.0

import Cryptography
import StrictJSON
import Tokens
import Vending

/// The stages of a verification, each run over all tokens of the sample.
struct Stages {
    private struct Unexpected: Error {}

    private let sample: SampleTokens
    private let tokens: [CompactToken]
    private let headers: [[UInt8]]
    private let claimsSets: [JSONMembers]

    init(_ sample: SampleTokens) throws {
        self.sample = sample
        tokens = try sample.tokens.map { try CompactToken(Array($0.rawValue.utf8)) }
        claimsSets = try tokens.map { try $0.claimsSet() }
        headers = try sample.tokens.map { token in
            guard let header = Base64URL.decode(String(token.rawValue.prefix { $0 != "." })) else { throw Unexpected() }
            return header
        }
    }

    func formAndHeader() throws {
        for token in sample.tokens { _ = try CompactToken(Array(token.rawValue.utf8)) }
    }

    func header() throws {
        for header in headers { _ = try JOSEHeader(json: header) }
    }

    func payload() throws {
        for token in tokens { _ = try token.claimsSet().value("iss") }
    }

    func signature() throws {
        for token in tokens { try token.verify(with: sample.keySet.keys[0]) }
    }

    func claims() throws {
        for claims in claimsSets {
            _ = try Claims(payload: claims).check(against: sample.rules, at: SampleTokens.now)
        }
    }

    static func authenticate(_ sample: SampleTokens, with authenticator: TokenAuthenticator) throws {
        for text in sample.texts {
            // As for each request: the token is hashed when it is parsed.
            _ = try authenticator.authenticate(BearerToken(hashing: text), at: SampleTokens.now)
        }
    }

    static func recall(_ sample: SampleTokens, from authenticator: TokenAuthenticator) throws {
        for text in sample.texts {
            guard authenticator.recall(BearerToken(hashing: text), at: SampleTokens.now) != nil else {
                throw Unexpected()
            }
        }
    }
}
