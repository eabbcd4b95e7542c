import ArgumentParser
import CoordinatorService
import Foundation

/// Where settings come from.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file (YAML).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A setting, before those of the environment and the file; may be repeated.",
            valueName: "key=value"))
    var overrides: [String] = []

    /// Reads all layers.
    ///
    /// - Parameter flags: Further settings from flags, before all others.
    func read(flags: [String] = []) throws -> CoordinatorSettings {
        var yaml = ""
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandError("\(file) cannot be read; check its name and permissions")
            }
            yaml = String(decoding: data, as: UTF8.self)
        }
        return try CoordinatorSettings(
            yaml: yaml, source: file ?? "the settings",
            environment: ProcessInfo.processInfo.environment, overrides: overrides + flags)
    }
}
