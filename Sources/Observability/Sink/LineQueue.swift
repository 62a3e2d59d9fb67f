// SPDX-License-Identifier: Apache-2.0

/// The lines that wait to be written, those that are being written, and what was lost: the state of a `LogSink`, without
/// its threads and its clock.
struct LineQueue {
    /// Called once with the outcome for a confirmed line; `nil` if it is written.
    typealias Completion = @Sendable (LogWriteError?) -> Void

    enum Added {
        /// - Parameter first: whether no other line was waiting.
        case waiting(first: Bool)
        case rejected(LogWriteError)
    }

    /// The outcome of a batch, to be acted on without a lock.
    struct Finished {
        let completions: [Completion]
        /// Lines that the batch lost.
        let lost: Int
        /// Whether this is the first batch that was written after one that was not.
        let recovered: Bool
    }

    private struct Confirmation {
        let queued: Duration
        /// `nil` once the outcome is reported.
        var completion: Completion?
    }

    private struct Batch {
        let lines: ByLineClass
        let noticed: ByLineClass
        var confirmations: [Confirmation]
    }

    private let limits: ByLineClass
    /// Maximum time between `add` and the end of the write of a confirmed line.
    private let deadline: Duration
    private let notice: @Sendable (LineClass, Int) -> [UInt8]

    private var bytes: [UInt8] = []
    /// By class: the bytes and the lines that wait.
    private var sizes = ByLineClass()
    private var lines = ByLineClass()
    /// Of the lines that wait, in their order.
    private var confirmations: [Confirmation] = []
    private var writing: Batch?
    /// Lost lines that no notice has reported yet.
    private var unreported = ByLineClass()

    /// Lines that found the buffer full, since the start.
    private(set) var droppedLines = ByLineClass()
    /// Lines of batches that could not be written, since the start.
    private(set) var failedLines = ByLineClass()
    /// The error of the last batch; `nil` if it was written.
    private(set) var failure: Int32?
    private(set) var isClosed = false

    init(limits: ByLineClass, deadline: Duration, notice: @escaping @Sendable (LineClass, Int) -> [UInt8]) {
        self.limits = limits
        self.deadline = deadline
        self.notice = notice
    }

    mutating func add(_ line: [UInt8], _ kind: LineClass) -> Added {
        guard !isClosed else { return .rejected(.closed) }
        guard sizes[kind] + line.count <= limits[kind] else {
            droppedLines[kind] += 1
            unreported[kind] += 1
            return .rejected(.full)
        }
        let isFirst = bytes.isEmpty
        bytes.append(contentsOf: line)
        sizes[kind] += line.count
        lines[kind] += 1
        return .waiting(first: isFirst)
    }

    /// Adds a line whose outcome the caller waits for. Rejects it if an earlier one is past its deadline: this one would
    /// only wait in vain.
    mutating func add(
        _ line: [UInt8], _ kind: LineClass, at now: Duration, completion: @escaping Completion
    ) -> Added {
        guard !isStalled(at: now) else { return .rejected(.timedOut) }
        let added = add(line, kind)
        if case .waiting = added { confirmations.append(Confirmation(queued: now, completion: completion)) }
        return added
    }

    /// Whether a caller waits for the outcome of a line that is not being written yet.
    var awaitsWrite: Bool { !confirmations.isEmpty }

    /// Whether a confirmed line is past its deadline and still not written.
    func isStalled(at now: Duration) -> Bool {
        guard let oldest = writing?.confirmations.first ?? confirmations.first else { return false }
        return now - oldest.queued >= deadline
    }

    /// Whether the last batch was written, and no confirmed line is late.
    func isHealthy(at now: Duration) -> Bool { failure == nil && !isStalled(at: now) }

    /// Moves all waiting lines and the notices about lost ones to `batch`, for one write.
    /// - Returns: whether there is anything to write. If so, `finish` must follow.
    mutating func take(into batch: inout [UInt8]) -> Bool {
        batch.removeAll(keepingCapacity: batch.capacity <= 1 << 20)
        guard !bytes.isEmpty || unreported.sum > 0 else { return false }
        swap(&batch, &bytes)
        for kind in LineClass.allCases where unreported[kind] > 0 {
            batch.append(contentsOf: notice(kind, unreported[kind]))
        }
        writing = Batch(lines: lines, noticed: unreported, confirmations: confirmations)
        (lines, sizes, confirmations) = (ByLineClass(), ByLineClass(), [])
        return true
    }

    /// - Parameter error: 0, or the `errno` of the write. Then the whole batch counts as lost, even if a part was
    ///   written.
    mutating func finish(_ error: Int32) -> Finished {
        guard let batch = writing else { return Finished(completions: [], lost: 0, recovered: false) }
        writing = nil
        let recovered = error == 0 && failure != nil
        if error == 0 {
            unreported -= batch.noticed
            failure = nil
        } else {
            unreported += batch.lines
            failedLines += batch.lines
            failure = error
        }
        return Finished(
            completions: batch.confirmations.compactMap(\.completion), lost: error == 0 ? 0 : batch.lines.sum,
            recovered: recovered)
    }

    /// The completions of confirmed lines that are past their deadline. The lines themselves stay.
    mutating func expire(at now: Duration) -> [Completion] {
        let latest = now - deadline
        var expired = Self.expire(&confirmations, queuedUntil: latest)
        if writing != nil { expired += Self.expire(&writing!.confirmations, queuedUntil: latest) }
        return expired
    }

    /// When `expire` must be called next; `nil` without confirmed lines.
    var nextExpiry: Duration? {
        let next =
            writing?.confirmations.first { $0.completion != nil } ?? confirmations.first { $0.completion != nil }
        return next.map { $0.queued + deadline }
    }

    /// Later lines are rejected.
    mutating func close() { isClosed = true }

    private static func expire(_ list: inout [Confirmation], queuedUntil latest: Duration) -> [Completion] {
        var expired: [Completion] = []
        for index in list.indices {
            guard list[index].queued <= latest else { break }
            if let completion = list[index].completion { expired.append(completion) }
            list[index].completion = nil
        }
        return expired
    }
}
