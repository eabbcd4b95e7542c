internal import VectorKernels

extension PublishedModel {
    /// What was published, with rows as far as the precision has kept them.
    public var publication: Publication {
        Publication(
            name: header.name, release: header.release,
            content: RankingContent(
                dimensions: header.dimensions, rows: (0..<header.items).flatMap(items.row),
                priors: (0..<header.items).map(items.bias), rule: rule),
            catalogue: catalogue.catalogue, source: header.source)
    }
}
