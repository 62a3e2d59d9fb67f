// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vending

@testable import AWS

/// What `throttled()` does to the rate: cubic growth back from 70 % (RFC 9438 §4.2).
@Suite struct RateLimiterThrottleTests {
    private let clock = TestSupport.ManualClock()

    private func limiter(_ ceiling: Double) -> RateLimiter {
        RateLimiter(limits: .init(ceiling: ceiling), clock: MonotonicTime(clock))
    }

    /// How many of `count` calls go out at once.
    private func send(_ count: Int, _ limiter: RateLimiter) async -> Int {
        var sent = 0
        for _ in 0..<count {
            let outcome = await Result.of { () async throws(AttemptError) in
                try await limiter.turn(of: .user(), within: .zero)
            }
            if outcome.kind == nil { sent += 1 }
        }
        return sent
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 0.01 }

    @Test("a throttle takes the rate to 70 % of the calls a second that were sent, not of the ceiling")
    func decrease() async {
        let limiter = limiter(1_000)
        #expect(limiter.status.rate == 1_000)
        // 10 within the first tenth of a second: 100 a second.
        #expect(await send(10, limiter) == 10)
        limiter.throttled()
        #expect(isClose(limiter.status.rate, 70), "\(limiter.status.rate)")
    }

    @Test("the rate grows back: slowly around the one that was throttled, then on to the ceiling and no further")
    func growth() async {
        let limiter = limiter(1_000)
        _ = await send(10, limiter)
        limiter.throttled()
        // The cube root of 100 × (1 - 0.7) / 0.4, in seconds.
        clock.advance(.milliseconds(4_217))
        #expect(isClose(limiter.status.rate, 100), "\(limiter.status.rate)")
        clock.advance(.milliseconds(4_217))
        #expect(isClose(limiter.status.rate, 130), "\(limiter.status.rate)")
        clock.advance(.seconds(60))
        #expect(limiter.status.rate == 1_000)
    }

    @Test("throttles within half a second of the last one that counted belong to it")
    func once() async {
        let limiter = limiter(1_000)
        _ = await send(10, limiter)
        limiter.throttled()
        clock.advance(.milliseconds(499))
        let before = limiter.status.rate
        limiter.throttled()
        #expect(limiter.status.rate == before)
        clock.advance(.milliseconds(1))
        limiter.throttled()
        #expect(limiter.status.rate < before)
    }

    @Test(
        "the rate never falls below one call a second, nor below a lower ceiling", arguments: [(10.0, 1.0), (0.5, 0.5)])
    func floor(ceiling: Double, floor: Double) async {
        let limiter = limiter(ceiling)
        for _ in 0..<20 {
            limiter.throttled()
            clock.advance(.milliseconds(500))
            #expect(limiter.status.rate >= floor)
        }
        limiter.throttled()
        #expect(limiter.status.rate == floor)
    }

    @Test("after a throttle one call may go out at once, however many could before")
    func tokens() async {
        let limiter = limiter(1_000)
        #expect(await send(40, limiter) == 40)
        limiter.throttled()
        #expect(await send(3, limiter) == 1)
    }

    @Test("the time before a throttle makes no calls at the new rate")
    func idle() async {
        let limiter = limiter(1_000)
        #expect(await send(100, limiter) == 100)
        clock.advance(.milliseconds(100))
        limiter.throttled()
        #expect(await send(3, limiter) == 1)
    }
}
