import ArgumentParser
import CoordinatorService

/// Which coordinator a command asks, and how it prints what it hears.
struct ClientOptions: ParsableArguments {
    @OptionGroup var file: ConfigurationFile

    @Option(help: "Where the coordinator is; the setting 'url' where it is not given.")
    var url: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// The settings, which name the coordinator and the administrator's token.
    func settings() throws -> CoordinatorSettings {
        try file.read(overrides: url.map { ["url=\($0)"] } ?? [])
    }

    /// A client with the settings' URL and token.
    func makeClient() throws -> AdministrationClient {
        let settings = try settings()
        return AdministrationClient(url: settings.server.url, token: settings.administratorToken)
    }
}
