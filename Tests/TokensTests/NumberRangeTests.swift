import StrictJSON
import Testing
import Vending

@testable import Tokens

/// libjwt is not handed every claim, so its bounds are the strict parser's too.
struct NumberRangeTests {
    private static func takenByUs(_ payload: [UInt8]) -> Bool {
        do {
            _ = try Claims(payload: JSONMembers(payload))
            return true
        } catch {
            return false
        }
    }

    private static func takenByLibJWT(_ payload: [UInt8]) throws -> Bool {
        let token = try LibJWTToken()
        do {
            try token.addClaims(json: payload)
            return true
        } catch {
            return false
        }
    }

    @Test(
        "a number is taken where libjwt would take it, wherever it stands",
        arguments: [
            ("0", true), ("-0", true), ("999999999999999999", true), ("1000000000000000000", true),
            ("9223372036854775807", true), ("9223372036854775808", false), ("-9223372036854775808", true),
            ("-9223372036854775809", false), ("99999999999999999999999", false), ("1e999", false), ("-1e999", false),
            ("1.7976931348623157e308", true), ("1.8e308", false), ("1e-999", true), ("0.1", true), ("1E5", true),
            ("0e999", true), ("123456789012345678901234567890.5", true),
        ])
    func ranges(number: String, taken: Bool) throws {
        for payload in [
            #"{"exp":\#(number)}"#, #"{"other":\#(number)}"#, #"{"other":{"x":[1,\#(number)]},"last":1}"#,
            #"{"\u0065xp":\#(number)}"#,
        ] {
            #expect(Self.takenByUs(Array(payload.utf8)) == taken, "\(payload)")
            #expect(try Self.takenByLibJWT(Array(payload.utf8)) == taken, "\(payload)")
        }
    }
}
