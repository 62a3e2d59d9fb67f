// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Observability

@Suite struct LineQueueTests {
    private let outcomes = Outcomes()

    private func queue(log: Int = 100, audit: Int = 100, refusal: Int = 100) -> LineQueue {
        LineQueue(limits: ByLineClass(log: log, audit: audit, refusal: refusal), deadline: .seconds(2)) { kind, count in
            Array("\(count) \(kind) lost\n".utf8)
        }
    }

    private func take(_ queue: inout LineQueue) -> String? {
        var batch: [UInt8] = []
        return queue.take(into: &batch) ? String(decoding: batch, as: UTF8.self) : nil
    }

    private func add(_ name: String, to queue: inout LineQueue, at seconds: Int) -> LogWriteError? {
        let added = queue.add(Array(name.utf8), .audit, at: .seconds(seconds)) { [outcomes] in outcomes.add(name, $0) }
        if case .rejected(let error) = added { return error }
        return nil
    }

    @Test("one write takes all waiting lines, and only the first of them needs to wake the writer")
    func batch() {
        var queue = queue()
        for (text, isFirst) in [("a", true), ("b", false)] {
            guard case .waiting(isFirst) = queue.add(Array(text.utf8), .log) else { Issue.record("rejected"); return }
        }
        #expect(take(&queue) == "ab")
        #expect(queue.finish(0).lost == 0)
        #expect(take(&queue) == nil)
    }

    @Test("each class of lines has its own limit")
    func limits() {
        var queue = queue(log: 2, audit: 2, refusal: 1)
        for kind in LineClass.allCases { for _ in 0..<3 { _ = queue.add([UInt8(ascii: "x")], kind) } }
        #expect(queue.droppedLines == ByLineClass(log: 1, audit: 1, refusal: 2))
        #expect(take(&queue) == "xxxxx1 log lost\n1 audit lost\n2 refusal lost\n")
        _ = queue.finish(0)
        #expect(take(&queue) == nil)
    }

    @Test("a failed write loses its whole batch, and the loss is reported until a write succeeds")
    func failure() {
        var queue = queue()
        _ = queue.add([UInt8(ascii: "x")], .audit)
        _ = take(&queue)
        #expect(queue.finish(ENOSPC).lost == 1)
        #expect(!queue.isHealthy(at: .zero) && queue.failure == ENOSPC)
        _ = queue.add([UInt8(ascii: "y")], .audit)
        #expect(take(&queue) == "y1 audit lost\n")
        _ = queue.finish(EPIPE)
        #expect(take(&queue) == "2 audit lost\n")
        let finished = queue.finish(0)
        #expect(finished.recovered && queue.isHealthy(at: .zero) && queue.failedLines == ByLineClass(audit: 2))
        #expect(take(&queue) == nil)
    }

    @Test("all confirmed lines of a batch have its outcome, and lines that are added meanwhile do not")
    func confirmations() {
        var queue = queue()
        for name in ["a", "b"] { #expect(add(name, to: &queue, at: 0) == nil) }
        #expect(take(&queue) == "ab")
        #expect(add("c", to: &queue, at: 0) == nil)
        for completion in queue.finish(EIO).completions { completion(.failed(EIO)) }
        #expect(outcomes.all == ["a failed(5)", "b failed(5)"])
        _ = take(&queue)
        for completion in queue.finish(0).completions { completion(nil) }
        #expect(outcomes.all == ["a failed(5)", "b failed(5)", "c written"])
    }

    @Test("a confirmed line expires at its deadline once, and until it is written no other one is accepted")
    func expiry() {
        var queue = queue()
        #expect(add("a", to: &queue, at: 0) == nil && take(&queue) == "a")
        #expect(add("b", to: &queue, at: 1) == nil)
        #expect(queue.nextExpiry == .seconds(2))
        #expect(queue.expire(at: .milliseconds(1_999)).isEmpty && queue.isHealthy(at: .milliseconds(1_999)))
        #expect(queue.expire(at: .seconds(2)).count == 1 && queue.expire(at: .seconds(2)).isEmpty)
        #expect(queue.nextExpiry == .seconds(3))
        #expect(queue.isStalled(at: .seconds(2)) && !queue.isHealthy(at: .seconds(2)))
        #expect(add("c", to: &queue, at: 2) == .timedOut)
        #expect(queue.finish(0).completions.isEmpty)
        #expect(!queue.isStalled(at: .seconds(2)))
        #expect(add("d", to: &queue, at: 2) == nil && take(&queue) == "bd")
        #expect(queue.finish(0).completions.count == 2 && queue.nextExpiry == nil)
    }

    @Test("a full buffer and a closed queue reject a confirmed line at once")
    func rejected() {
        var queue = queue(audit: 1)
        #expect(add("ab", to: &queue, at: 0) == .full)
        #expect(queue.droppedLines == ByLineClass(audit: 1))
        queue.close()
        #expect(add("a", to: &queue, at: 0) == .closed)
        #expect(outcomes.all.isEmpty)
    }
}

private final class Outcomes: Sendable {
    private let list = Mutex<[String]>([])

    var all: [String] { list.withLock { $0 } }

    func add(_ name: String, _ error: LogWriteError?) {
        let outcome =
            switch error {
            case .failed(let code)?: "failed(\(code))"
            case let error?: "\(error)"
            case nil: "written"
            }
        list.withLock { $0.append("\(name) \(outcome)") }
    }
}
