/// Lists of recipes that plans usually choose from, by what stores them.
public struct PlanFormats: Sendable {
    public let name: String
    public let treatments: [WeightTreatment]

    private static let usual: [PlanFormats] = [
        PlanFormats(name: "integers in groups of 64", treatments: PlanSettings.usualTreatments),
        PlanFormats("ggml's K-quants", ["ggml:q2_k", "ggml:q3_k", "ggml:q4_k", "ggml:q5_k", "ggml:q6_k", "ggml:q8_0"]),
        PlanFormats(
            "4 and 8 bits in groups of 128",
            ["int4 sym group:128 clip:mse scale:f16", "int8 sym group:128 scale:f16", "keep"]),
        PlanFormats("small floats in blocks", ["nvfp4", "mxfp4", "mxfp6-e2m3", "mxfp8-e4m3", "keep"]),
        PlanFormats(
            "integers by channel", ["int4 sym channel:0 clip:mse", "int6 sym channel:0", "int8 sym channel:0", "keep"]),
    ]

    private init(_ name: String, _ texts: [String]) {
        self.name = name
        treatments = texts.compactMap { try? WeightTreatment($0) }
    }

    private init(name: String, treatments: [WeightTreatment]) { (self.name, self.treatments) = (name, treatments) }

    /// The usual lists, and another one that is in use.
    public static func sets(with treatments: [WeightTreatment]) -> [PlanFormats] {
        usual.contains { $0.treatments == treatments }
            ? usual : usual + [PlanFormats(name: "a list of one's own", treatments: treatments)]
    }
}
