import ArgumentParser
import CoordinatorService

/// Which coordinator a command asks, and how it prints what it hears.
struct ClientOptions: ParsableArguments {
    @OptionGroup var options: SettingsOptions

    @Option(help: "Where the coordinator is; the setting 'url' where it is not given.")
    var url: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// A client with the settings' URL and token.
    func makeClient() throws -> AdministrationClient {
        let settings = try options.read(flags: url.map { ["url=\($0)"] } ?? [])
        return AdministrationClient(url: settings.server.url, token: settings.administratorToken)
    }
}
