import Foundation
import Tokens

/// The keys of the issuers, as the settings name them.
enum KeyLoading {
    struct Source {
        let keys: any KeySource
        /// Keys of the file that are not used, and why.
        let skipped: [SkippedKey]
    }

    /// - Parameter report: told what becomes of fetches.
    static func source(
        of issuer: Settings.Issuer, file: String, _ environment: Environment,
        report: @escaping @Sendable (RemoteKeys.Event) -> Void
    ) throws(SettingsProblems) -> Source {
        switch issuer.keys {
        case .url(let url):
            let keys = RemoteKeys(url: url, transport: environment.transport, clock: ContinuousClock(), report: report)
            return Source(keys: keys, skipped: [])
        case .file(let path):
            let set = try read(path, for: issuer, file)
            return Source(keys: FixedKeys(set), skipped: set.skipped)
        }
    }

    private static func read(
        _ path: String, for issuer: Settings.Issuer, _ file: String
    ) throws(SettingsProblems) -> KeySet {
        let url = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent())
        func problem(_ words: String) -> SettingsProblems {
            let message = "issuers: keys of \(issuer.issuer): \(url.path): \(words)"
            return SettingsProblems(problems: [SettingsProblem(file: file, line: issuer.keysLine, message: message)])
        }
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: KeySet.documentLimit + 1)
        else { throw problem("can't be read; expected a JWKS or PEM file") }
        do throws(KeySetProblem) {
            return try KeySet(file: [UInt8](data))
        } catch {
            throw problem("\(error)")
        }
    }
}
