// SPDX-License-Identifier: Apache-2.0

import Outbound
import Testing
import Tokens

@Suite struct FetchScheduleTests {
    @Test(
        "takes the lifetime from the response's headers, between five minutes and a day",
        arguments: [
            ([], 3600),
            ([("Cache-Control", "max-age=900")], 900),
            ([("Cache-Control", "public, MAX-AGE=900 , must-revalidate")], 900),
            ([("Cache-Control", #"max-age="900""#)], 900),
            ([("Cache-Control", "max-age=900"), ("Age", "100")], 800),
            ([("Cache-Control", "max-age=900"), ("Age", "9000")], 300),
            ([("Cache-Control", "max-age=900"), ("Age", "soon")], 900),
            ([("Cache-Control", "max-age=0")], 300),
            ([("Cache-Control", "max-age=99999999999999999999")], 86_400),
            ([("Cache-Control", "max-age=604800")], 86_400),
            ([("Cache-Control", "max-age=-1")], 3600),
            ([("Cache-Control", "max-age=1e3")], 3600),
            ([("Cache-Control", "max-age")], 3600),
            ([("Cache-Control", ",,=,")], 3600),
            ([("Cache-Control", "no-store")], 300),
            ([("Cache-Control", "no-cache, max-age=900")], 300),
            ([("Cache-Control", "x-max-age=900")], 3600),
            ([("Expires", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:29:37 GMT")], 1200),
            ([("Expires", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 09:29:37 GMT")], 300),
            ([("Expires", "Sun, 06 Nov 1994 08:49:37 GMT")], 3600),
            ([("Expires", "0"), ("Date", "Sun, 06 Nov 1994 09:29:37 GMT")], 300),
            ([("Cache-Control", "max-age=900"), ("Expires", "0")], 900),
        ] as [([(String, String)], Int)])
    func lifetime(headers: [(String, String)], seconds: Int) {
        let response = OutboundResponse(status: 200, headers: headers.map { ($0.0, $0.1) }, body: [])
        #expect(FetchSchedule.lifetime(of: response) == .seconds(seconds))
    }

    @Test("spreads fetches over the last tenth of the lifetime, but never earlier than five minutes")
    func spread() {
        #expect(FetchSchedule.spread(.seconds(3600), random: 0) == .seconds(3600))
        #expect(FetchSchedule.spread(.seconds(3600), random: 0.5) == .seconds(3420))
        #expect(FetchSchedule.spread(.seconds(300), random: 0.999) == .seconds(300))
    }

    @Test("doubles the wait after each failure up to a limit, which is lower without keys")
    func failures() {
        let without = (1...8).map { FetchSchedule.wait(afterFailures: $0, withKeys: false) }
        #expect(without == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(FetchSchedule.wait(afterFailures: 9, withKeys: true) == .seconds(256))
        #expect(FetchSchedule.wait(afterFailures: .max, withKeys: true) == .seconds(300))
        #expect(FetchSchedule.wait(afterFailures: 0, withKeys: true) == .seconds(1))
    }
}
