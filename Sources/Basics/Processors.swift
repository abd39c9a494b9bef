import Platform

enum Processors {
    static let available = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
