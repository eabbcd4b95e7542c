import ArgumentParser
import CoordinatorService
import Foundation

/// The file with settings.
struct ConfigurationFile: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file (YAML).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var path: String?

    /// Reads all layers.
    ///
    /// - Parameter overrides: Settings from flags, before all others.
    func read(overrides: [String]) throws -> CoordinatorSettings {
        var yaml = ""
        if let path {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandError("\(path) cannot be read; check its name and permissions")
            }
            yaml = String(decoding: data, as: UTF8.self)
        }
        return try CoordinatorSettings(
            yaml: yaml, source: path ?? "the settings",
            environment: ProcessInfo.processInfo.environment, overrides: overrides)
    }
}

/// Where the settings of a coordinator, or of its store, come from.
struct SettingsOptions: ParsableArguments {
    @OptionGroup var file: ConfigurationFile

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
        try file.read(overrides: overrides + flags)
    }
}
