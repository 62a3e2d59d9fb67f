import Foundation
import Service
import Testing

@testable import PurserCommand

@Suite struct ListenerSettingsTests {
    @Test("two listeners can't have one address, unless the system chooses the port")
    func same() {
        let same = SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: 127.0.0.1:8080")
        #expect(
            SettingsFixture.problems(same) == [
                #"f:2: admin: found "127.0.0.1:8080"; expected another address than that of `listen`"#
            ])
        let free = SettingsFixture.text.replacingOccurrences(of: ":8080", with: ":0")
            .replacingOccurrences(of: ":8081", with: ":0")
        #expect(SettingsFixture.problems(free).isEmpty)
    }

    @Test("the default of `admin` counts as an address, a malformed one does not")
    func defaults() {
        let listen = SettingsFixture.replacing("listen: 127.0.0.1:8080", by: "listen: 127.0.0.1:8081")
        let missing = listen.replacingOccurrences(of: "admin: 127.0.0.1:8081\n", with: "")
        #expect(SettingsFixture.problems(missing).count == 1)
        #expect(SettingsFixture.problems(missing).first?.contains("another address than") == true)
        let malformed = listen.replacingOccurrences(of: "admin: 127.0.0.1:8081", with: "admin: here")
        #expect(SettingsFixture.problems(malformed).map { $0.prefix(16) } == [#"f:2: admin: foun"#])
    }

    @Test("a listener's address leads to its setting")
    func names() throws {
        let settings = try SettingsFile.parse(SettingsFixture.text, file: "f", variables: [:])
        #expect(settings.setting(of: settings.listen) == "listen")
        #expect(settings.setting(of: settings.admin) == "admin")
    }
}
