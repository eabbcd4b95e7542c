/// How a coordinator is served.
package struct ServerConfiguration: Sendable {
    /// The address to listen on.
    package var address = "127.0.0.1"
    /// The port; 0 for any that is free.
    package var port = 8080
    /// What clients may use.
    package var limits = ServiceLimits()
    /// The administrator's token; nil where nobody may administrate.
    package var administrator: AdministratorToken?

    /// The standard configuration.
    package init() {}
}
