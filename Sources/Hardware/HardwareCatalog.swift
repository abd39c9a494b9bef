/// Profiles that ship with the program. Each says where its numbers are from.
public enum HardwareCatalog {
    public static let all: [HardwareProfile] = [
        HardwareProfile(
            name: "a100", summary: "a data-centre GPU with INT8 and INT4 matrix units (A100 SXM, 80 GB), decoding",
            source:
                "NVIDIA A100 datasheet: 2,039 GB/s, dense FP16 312 TFLOPS, INT8 624 TOPS, INT4 1,248 TOPS, TF32 156 TFLOPS; unpacking two integer operations a weight at 19.5 T/s",
            bandwidth: 2_039e9,
            peaks: [
                .init(weightBits: 32, activationBits: 32, operations: 156e12),
                .init(weightBits: 16, activationBits: 16, operations: 312e12),
                .init(weightBits: 8, activationBits: 8, operations: 624e12),
                .init(weightBits: 4, activationBits: 4, operations: 1_248e12),
            ], unpacking: 0.1e-12, activationBits: 16, batch: 1),
        HardwareProfile(
            name: "h100",
            summary: "a data-centre GPU with FP8 matrix units (H100 SXM), serving batches of 8-bit activations",
            source:
                "NVIDIA H100 datasheet: 3,350 GB/s, dense FP16 989 TFLOPS, FP8 and INT8 1,979 T/s, TF32 495 TFLOPS; unpacking two integer operations a weight at 33.5 T/s",
            bandwidth: 3_350e9,
            peaks: [
                .init(weightBits: 32, activationBits: 32, operations: 495e12),
                .init(weightBits: 16, activationBits: 16, operations: 989e12),
                .init(weightBits: 8, activationBits: 8, operations: 1_979e12),
            ], unpacking: 0.06e-12, activationBits: 8, batch: 1_024),
        HardwareProfile(
            name: "desktop",
            summary: "a desktop CPU of 16 cores with AVX-512 VNNI (Zen 4 at 4.5 GHz, two channels of DDR5-5200)",
            source:
                "AMD Ryzen 9 7950X: 83.2 GB/s; derived: 16 cores × 4.5 GHz × 32 float32 or 128 int8 operations a cycle; unpacking 16 weights a cycle and core",
            bandwidth: 83.2e9,
            peaks: [
                .init(weightBits: 32, activationBits: 32, operations: 2.304e12),
                .init(weightBits: 8, activationBits: 8, operations: 9.216e12),
            ], unpacking: 0.87e-12, activationBits: 8, batch: 1),
        HardwareProfile(
            name: "npu", summary: "a laptop's neural engine that expands palettes in hardware (Apple M4)",
            source:
                "Apple, M4: 38 T/s, 120 GB/s shared; derived: 16-bit floats at half of it; compressed weights are expanded on their way in (coremltools documentation)",
            bandwidth: 120e9,
            peaks: [
                .init(weightBits: 16, activationBits: 16, operations: 19e12),
                .init(weightBits: 8, activationBits: 8, operations: 38e12),
            ], unpacking: 0, activationBits: 16, batch: 1),
        HardwareProfile(
            name: "mcu", summary: "a microcontroller that multiplies 8-bit integers alone (Cortex-M7 at 480 MHz)",
            source:
                "Arm Cortex-M7 and CMSIS-NN: two multiplications a cycle (SMLAD), one for floats; ST RM0433: a 64-bit bus at 240 MHz, 1.92 GB/s; unpacking a sub-byte weight two cycles",
            bandwidth: 1.92e9,
            peaks: [
                .init(weightBits: 32, activationBits: 32, operations: 0.96e9),
                .init(weightBits: 8, activationBits: 8, operations: 1.92e9),
            ], unpacking: 4_167e-12, activationBits: 8, batch: 1),
    ]

    public static func profile(named name: String) -> HardwareProfile? { all.first { $0.name == name } }
}
