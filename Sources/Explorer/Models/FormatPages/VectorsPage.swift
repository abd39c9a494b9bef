import Basics
public import Quantization

/// Pairs of neighbours and their centroids.
public struct VectorsPage: Sendable {
    public let study: VectorStudy
    let summary: [String]

    init(_ study: VectorStudy, _ state: ExplorerState) {
        self.study = study
        let metrics = state.evaluation?.metrics
        let used = study.counts.count { $0 > 0 }
        summary = [
            Words.vectors(study.dimension, centroids: study.centroids.count, used: used),
            metrics.map {
                Words.variableRate(
                    fixed: state.recipe.format.bits, entropy: NumberText.fixed($0.codeEntropyBits, places: 3),
                    huffman: NumberText.fixed($0.huffmanBits, places: 3), isExact: state.evaluation?.isExact == true,
                    isTensor: false) + Words.aVector
            } ?? "",
            study.correlation.map { Words.correlation(NumberText.fixed($0, places: 3)) } ?? "",
            study.dimension > 2 ? Words.firstTwo : "",
        ].filter { !$0.isEmpty }
    }
}
