import Counters
import TensorFiles
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// libFuzzer's own entry point.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main
enum Fuzz {
    static func main() {
        precondition(qlens_counts_edges() == 1)
        var count = CommandLine.argc, arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments) { testOneInput($0, $1) })
    }
}

/// What is done with every input: the bytes are opened as a file, and what opens is read here and there.
///
/// `FUZZ_ENDING` is the ending of the name that damaged files are taken by; the content decides where it can.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = ByteArray([UInt8](UnsafeBufferPointer(start: data, count: size)))
    // The same bytes as importances of a small model.
    if let importance = try? Importance.open(bytes, path: "a." + ending), let model {
        _ = try? importance.applied(to: model)
    }
    guard let file = try? FileFormatCatalog.open(bytes, path: "a." + ending) else { return 0 }
    for tensor in file.tensors.prefix(50) where tensor.count > 0 {
        // Views may repeat elements, so that small files have huge tensors: only some are looked at.
        let count = min(tensor.count, 300)
        _ = tensor.values(0..<count)
        _ = tensor.values(tensor.count - count..<tensor.count)
        let middle = tensor.count / 2
        _ = tensor.values(middle..<min(tensor.count, middle + 7))
        guard let form = tensor.storedForm else { continue }
        for element in [0, middle, tensor.count - 1] { _ = form.stored(element) }
        if tensor.count < 1 << 16 { _ = form.recipe }
    }
    return 0
}

/// A tensor that importances of 32 columns fit.
private let model: TensorFile? = Shape([2, 4, 32]).flatMap { shape in
    let names = ["blk.0.ffn_up_exps.weight", "blk.0.ffn_up.weight", "w"]
    let tensors = names.compactMap { TensorView(name: $0, values: [Float](repeating: 1, count: 256), shape: shape) }
    return TensorFile(path: "m", format: "m", metadata: [], tensors: tensors)
}

private let ending = getenv("FUZZ_ENDING").map { String(cString: $0) } ?? "bin"
