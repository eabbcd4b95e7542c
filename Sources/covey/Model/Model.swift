import ArgumentParser
import Foundation
import PrivacyLedger
import Recommender
import VectorKernels

/// Published models: what devices rank with.
struct Model: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a published model, publish it in fewer bits, or as a change to another.",
        discussion: """
            EXAMPLES
              covey model show runs/quickstart/model.covey --public-key runs/quickstart/ledger.pub
              covey model pack runs/quickstart/model.covey --precision int8 \\
                --key runs/quickstart/ledger.key --output model-int8.covey
              covey model delta old.covey new.covey --output change.covey
            """,
        subcommands: [Show.self, Pack.self, Delta.self])
}

extension Model {
    static func write(_ bytes: [UInt8], to path: String) throws {
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
            throw PublishedModelError.unwritable(path: path)
        }
    }
}

extension Model {
    /// What a model says of itself, after checking every byte.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a model and say what it is.")

        @Argument(help: "The model.", completion: .file(extensions: ["covey"]))
        var model: String

        @Option(
            help: ArgumentHelp(
                "The publisher's public key, or a file with it.", valueName: "key"))
        var publicKey: String?

        @Flag(help: "Print the header as JSON.")
        var json = false

        func run() throws {
            try reporting {
                let key = try publicKey.map { try AuditFile.key($0).key }
                let model = try PublishedModel(path: model, trusting: key)
                let header = model.header
                guard !json else { return print(try jsonText(header)) }
                let signature =
                    switch (key, header.publicKey) {
                    case (.some, _): "by the given key"
                    case (nil, .some(let name)): "by \(name), not checked; see --public-key"
                    case (nil, nil): "none"
                    }
                let error = header.quantization
                let bytes = header.sections.reduce(0) { $0 + $1.length }
                print(
                    """
                    model         \(header.name) release \(header.release)
                    items         \(header.items), \(header.dimensions) dimensions, \
                    \(header.categories.count) categories
                    precision     \(header.precision), error \
                    \(String(format: "%.2g", error.relative)) of the rows, at worst \
                    \(String(format: "%.2g", error.worst)) of one
                    ranking       \(header.rule)
                    size          \(TextTable.bytes(bytes))
                    signed        \(signature)
                    training      \(header.source)
                    """)
            }
        }
    }

    /// The same model with rows kept in another precision.
    struct Pack: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish a model in another precision.")

        @Argument(help: "The model.", completion: .file(extensions: ["covey"]))
        var model: String

        @Option(
            help: ArgumentHelp(
                "How rows are kept: "
                    + VectorPrecision.allCases.map(\.description).joined(separator: ", ") + "."),
            transform: {
                guard let precision = VectorPrecision(name: $0) else {
                    throw ValidationError("no such precision")
                }
                return precision
            })
        var precision: VectorPrecision

        @Option(
            help: ArgumentHelp(
                "The publisher's signing key, as in ledger.key; without it, the model is unsigned.",
                valueName: "file"))
        var key: String?

        @Option(help: "The release; without it, that of the model.")
        var release: Int?

        @Option(help: ArgumentHelp("Where to write.", valueName: "file"))
        var output: String

        func run() throws {
            try reporting {
                let source = try PublishedModel(path: model, trusting: nil)
                guard source.header.precision == .float32 else {
                    throw BudgetError.invalid(
                        "\(model) keeps \(source.header.precision) already; pack the model as it was "
                            + "trained, in float32.")
                }
                var publication = source.publication
                if let release { publication.release = release }
                try Model.write(
                    publication.encoded(
                        precision: precision, key: try key.map { try SigningKeyFile.read(at: $0) }),
                    to: output)
                let error = try PublishedModel(path: output, trusting: nil).header.quantization
                print(
                    "\(output): \(precision), error \(String(format: "%.2g", error.relative))"
                        + " of the rows")
            }
        }
    }

    /// What changes from one model to another.
    struct Delta: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what changes from one model to another.")

        @Argument(help: "The model that devices have.", completion: .file(extensions: ["covey"]))
        var old: String

        @Argument(help: "The model they are to have.", completion: .file(extensions: ["covey"]))
        var new: String

        @Option(help: ArgumentHelp("Where to write.", valueName: "file"))
        var output: String

        func run() throws {
            try reporting {
                let models = try [old, new].map { try PublishedModel(path: $0, trusting: nil) }
                let delta = ModelDelta(from: models[0], to: models[1]).encoded
                try Model.write(delta, to: output)
                print(
                    "\(output): \(TextTable.bytes(delta.count)), and the whole model is "
                        + TextTable.bytes(models[1].encoded.count))
            }
        }
    }
}
