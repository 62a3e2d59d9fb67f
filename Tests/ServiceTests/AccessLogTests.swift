// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Observability
import Testing

@testable import Service

@Suite struct AccessLogTests {
    @Test("counts and measures each response, whichever responses have lines", arguments: AccessLines.Mode.allCases)
    func measured(mode: AccessLines.Mode) async throws {
        let harness = try ServiceHarness(lines: AccessLines(mode, ratio: 1))
        for path in ["/v1/apps/shop/guest-credentials", "/v1/apps/shop/guest-credentials", "/nowhere"] {
            _ = await harness.service.respond(to: harness.service.parse(harness.request(path)))
        }
        func count(_ endpoint: EndpointLabel?, _ status: ResponseClass.Status) -> Int? {
            harness.durations[ResponseClass(endpoint: endpoint, status: status)]?.count
        }
        #expect(count(.app(.guestCredentials), .success) == 2)
        #expect(count(nil, .clientError) == 1)
        #expect(ResponseClass.allCases.compactMap { harness.durations[$0]?.count }.reduce(0, +) == 3)
        let lines = try harness.log.lines()
        #expect(lines.count == [.all: 3, .errors: 1, .sampled: 3, .off: 0][mode])
        #expect(lines.count { $0["sampled"] as? Double == 1 } == (mode == .sampled ? 2 : 0))
    }

    @Test("the position of an endpoint is its place in the list of all")
    func indices() {
        #expect(EndpointLabel.allCases.map(\.index) == Array(0..<EndpointLabel.allCases.count))
    }

    @Test("a success of each endpoint is counted and measured under its name")
    func successes() throws {
        let (counters, durations) = (Counters<ResponseKind>(), Histograms<ResponseClass>(bounds: [1]))
        let successes = SuccessMetrics(counters, durations)
        for (number, endpoint) in EndpointLabel.allCases.enumerated() {
            for _ in 0...number { successes.add(endpoint, 1, requestID: "x") }
            #expect(counters[ResponseKind(endpoint: endpoint, code: nil)] == number + 1)
            #expect(durations[ResponseClass(endpoint: endpoint, status: .success)]?.count == number + 1)
        }
    }

    @Test("every status has a class")
    func classes() {
        for code in [200, 204, 304, 400, 429, 500, 599] {
            let kind = ResponseClass(endpoint: .file(.openAPI), status: .init(code: code))
            #expect(ResponseClass.allCases.contains(kind))
            #expect(kind.labels[1].value == "\(code / 100)xx")
        }
    }
}
