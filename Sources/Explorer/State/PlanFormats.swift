import Checkpoints

/// Lists of recipes that plans usually choose from.
struct PlanFormats {
    let name: String
    let treatments: [WeightTreatment]

    private static let usual: [PlanFormats] = [
        PlanFormats(name: Words.planIntegers, treatments: PlanSettings.usualTreatments),
        PlanFormats(Words.planGGML, ["ggml:q2_k", "ggml:q3_k", "ggml:q4_k", "ggml:q5_k", "ggml:q6_k", "ggml:q8_0"]),
        PlanFormats(
            Words.planGPTQ,
            ["int4 sym group:128 clip:mse scale:f16", "int8 sym group:128 scale:f16", "keep"]),
        PlanFormats(Words.planFloats, ["nvfp4", "mxfp4", "mxfp6-e2m3", "mxfp8-e4m3", "keep"]),
        PlanFormats(
            Words.planChannels, ["int4 sym channel:0 clip:mse", "int6 sym channel:0", "int8 sym channel:0", "keep"]),
    ]

    private init(_ name: String, _ texts: [String]) {
        self.name = name
        treatments = texts.compactMap { try? WeightTreatment($0) }
    }

    private init(name: String, treatments: [WeightTreatment]) { (self.name, self.treatments) = (name, treatments) }

    /// The usual lists, and another one that is in use.
    static func sets(with treatments: [WeightTreatment]) -> [PlanFormats] {
        usual.contains { $0.treatments == treatments }
            ? usual : usual + [PlanFormats(name: Words.planOwn, treatments: treatments)]
    }
}

extension Words {
    static let planIntegers = "integers in groups of 64"
    static let planGGML = "ggml's K-quants"
    static let planGPTQ = "4 and 8 bits in groups of 128"
    static let planFloats = "small floats in blocks"
    static let planChannels = "integers by channel"
    static let planOwn = "a list of one's own"
}
