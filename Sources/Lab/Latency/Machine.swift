import Platform
import TensorFiles

/// What this machine's processor calls itself.
enum ProcessorName {
    static let current: String = {
        if let bytes = try? AtomicFile.read("/proc/cpuinfo", anyKind: true) {
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("model name")
            {
                if let name = line.split(separator: ":", maxSplits: 1).last {
                    return String(name.drop { $0 == " " || $0 == "\t" })
                }
            }
        }
        var info = utsname()
        guard uname(&info) == 0 else { return "an unknown processor" }
        return withUnsafeBytes(of: info.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()
}

/// Days as `yyyy-mm-dd`, in universal time.
enum DateText {
    static var today: String {
        var now = time(nil), parts = tm()
        gmtime_r(&now, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
