// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Testing
import Vending

@testable import Tokens

/// libjwt does not get every claim, so the strict parser must apply libjwt's number limits too.
struct NumberRangeTests {
    private static func acceptedByClaims(_ payload: [UInt8]) -> Bool {
        do {
            _ = try Claims(payload: JSONMembers(payload))
            return true
        } catch {
            return false
        }
    }

    private static func acceptedByLibJWT(_ payload: [UInt8]) throws -> Bool {
        let token = try LibJWTToken()
        do {
            try token.addClaims(json: payload)
            return true
        } catch {
            return false
        }
    }

    @Test(
        "accepts a number at any position exactly if libjwt accepts it",
        arguments: [
            ("0", true), ("-0", true), ("999999999999999999", true), ("1000000000000000000", true),
            ("9223372036854775807", true), ("9223372036854775808", false), ("-9223372036854775808", true),
            ("-9223372036854775809", false), ("99999999999999999999999", false), ("1e999", false), ("-1e999", false),
            ("1.7976931348623157e308", true), ("1.8e308", false), ("1e-999", true), ("0.1", true), ("1E5", true),
            ("0e999", true), ("123456789012345678901234567890.5", true),
        ])
    func ranges(number: String, accepted: Bool) throws {
        for payload in [
            #"{"exp":\#(number)}"#, #"{"other":\#(number)}"#, #"{"other":{"x":[1,\#(number)]},"last":1}"#,
            #"{"\u0065xp":\#(number)}"#,
        ] {
            #expect(Self.acceptedByClaims(Array(payload.utf8)) == accepted, "\(payload)")
            #expect(try Self.acceptedByLibJWT(Array(payload.utf8)) == accepted, "\(payload)")
        }
    }
}
