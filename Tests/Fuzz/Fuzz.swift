// SPDX-License-Identifier: Apache-2.0

import Foundation
import TokenProperties

/// Runs libFuzzer on one entry: `purser-fuzz ENTRY CORPUS-DIRECTORY [libFuzzer options]`. `purser-fuzz seed VECTORS
/// DIRECTORY` writes the initial corpus. Only `make fuzz` builds it.
@main
struct Fuzz {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, arguments[1] == "seed" {
            return try seed(vectors: arguments[2], directory: arguments[3])
        }
        guard arguments.count > 2, let entry = FuzzEntry(rawValue: arguments[1]) else {
            fatalError("expected an entry: \(FuzzEntry.allCases.map(\.rawValue))")
        }
        unsafe Self.entry = entry
        // libFuzzer's own arguments begin after the name of the entry.
        var count = CommandLine.argc - 1
        var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
        exit(unsafe fuzzerRunDriver(&count, &values, tryOne))
    }

    nonisolated(unsafe) fileprivate static var entry = FuzzEntry.token

    private static func seed(vectors: String, directory: String) throws {
        let corpus = Corpus(vectors: [UInt8](try Data(contentsOf: URL(fileURLWithPath: vectors))))
        for (entry, inputs) in corpus.inputs {
            let folder = URL(fileURLWithPath: directory).appendingPathComponent(entry.rawValue)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (number, input) in inputs.enumerated() {
                try Data(input).write(to: folder.appendingPathComponent("seed-\(number)"))
            }
        }
    }
}

/// libFuzzer's entry point for programs that have their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzzerRunDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ tryOne: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private func tryOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        _ = try unsafe Fuzz.entry.check(input)
    } catch {
        fatalError("\(error)")
    }
    return 0
}
