// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Observability

/// What the system knows about the process (proc(5)), under the names that Prometheus clients have in common. A value
/// that cannot be read has no sample.
struct ProcessMetrics: Sendable {
    private let directory: String

    /// - Parameter directory: where the process file system is mounted.
    init(directory: String = "/proc") {
        self.directory = directory
    }

    var families: [MetricFamily] {
        [
            .single("process_cpu_seconds_total", .counter, help: "Time that the process used processors.") {
                statistics.map { ($0[userTime] + $0[systemTime]) / Self.ticks }
            },
            .single("process_resident_memory_bytes", help: "Resident memory of the process.") {
                statistics.map { $0[residentPages] * Double(getpagesize()) }
            },
            .single("process_virtual_memory_bytes", help: "Virtual memory of the process.") {
                statistics.map { $0[virtualBytes] }
            },
            .single("process_threads", help: "Threads of the process.") { statistics.map { $0[threads] } },
            .single("process_start_time_seconds", help: "When the process started, in seconds since 1970.") {
                guard let started = statistics?[startTime], let boot = bootTime else { return nil }
                return boot + started / Self.ticks
            },
            .single("process_open_fds", help: "Open file descriptors of the process.") { openFiles },
            .single("process_max_fds", help: "The limit of open file descriptors.") { Self.maximumFiles },
        ]
    }

    private static let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    // Fields of /proc/self/stat behind the command's name, which may contain anything, counted from the state.
    private let userTime = 11
    private let systemTime = 12
    private let threads = 17
    private let startTime = 19
    private let virtualBytes = 20
    private let residentPages = 21

    private var statistics: [Double]? {
        guard let text = read("self/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        return fields.count > residentPages ? fields : nil
    }

    private var bootTime: Double? {
        read("stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    /// A process that may not be dumped may not list its own files either, unless it runs as root.
    private var openFiles: Double? {
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/self/fd") {
            // One of them is the directory.
            return Double(files.count - 1)
        }
        return Self.maximumFiles.map { Double(Self.countOpen(below: Int(min($0, Double(Self.scanned))))) }
    }

    /// File descriptors that `countOpen` looks at; the system gives out the lowest ones first.
    private static let scanned = 65_536

    /// poll(2) marks those that are not open, and waits for nothing.
    private static func countOpen(below limit: Int) -> Int {
        var open = 0
        for start in stride(from: 0, to: limit, by: 1_024) {
            var block = (start..<min(start + 1_024, limit)).map { pollfd(fd: Int32($0), events: 0, revents: 0) }
            guard unsafe poll(&block, nfds_t(block.count), 0) >= 0 else { continue }
            open += block.count { $0.revents & Int16(POLLNVAL) == 0 }
        }
        return open
    }

    private static var maximumFiles: Double? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// The system gives these files no size, so they are read to their end; at most 1 MiB.
    private func read(_ file: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: "\(directory)/\(file)") else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension MetricFamily {
    /// The version of the program.
    static var buildInfo: MetricFamily {
        MetricFamily("purser_build_info", .info, help: "The version and the commit of the program.") {
            [Sample([("version", Version.number), ("commit", Version.commit)], 1)]
        }
    }
}
