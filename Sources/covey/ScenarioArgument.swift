import Simulation

extension Scenario {
    /// The scenario of a file, or the built-in quickstart where none is given.
    init(argument path: String?, overrides: [String]) throws {
        if let path {
            try self.init(path: path, overrides: overrides)
        } else {
            try self.init(
                yaml: Self.quickstartYAML, source: "the quickstart", overrides: overrides)
        }
    }
}
