/// Which names of Python's a pickle may mention. None is ever looked up or called: a name is a label on data.
///
/// Names that tensors and plain containers are made of are known. Any other class or function of the standard library, of PyTorch
/// and of NumPy is refused by its name, because files that mention one do it to run something. Names of other packages are labels
/// of the user's own classes: they stay opaque, are warned of, and what they hold is still searched for tensors.
enum PickleGlobals {
    enum Verdict: Equatable {
        case known
        /// A label whose meaning does not matter.
        case opaque
        /// The same, worth a warning.
        case foreign
        case refused
    }

    static func verdict(_ global: PickleHeap.Global) -> Verdict {
        let package = String(global.module.prefix { $0 != "." })
        // The script that wrote the file: its classes are labels like those of any other package.
        if scripts.contains(package) { return .foreign }
        // A dotted name would walk through attributes, as in `os.path` or `Tensor.__reduce__`; elsewhere it is a class within another.
        let isOwn = !["torch", "numpy", ""].contains(package) && !standardLibrary.contains(package)
        if global.name.contains("."), !isOwn || global.name.contains("__") { return .refused }
        if global.description.hasPrefix("numpy.random.") { return .opaque }
        if global.name.hasPrefix("__"), global.name != "__newobj__" { return .refused }
        if known.contains(global.description) { return .known }
        // How protocol 2 names a class within another. What it would read from is a label itself.
        if ["builtins.getattr", "__builtin__.getattr"].contains(global.description) { return .opaque }
        switch package {
        // Classes that TorchScript compiled.
        case "__torch__": return .opaque
        case "torch":
            if isTorchData(global) { return .known }
            if torchLabels.contains(where: { global.description.hasPrefix($0) }) { return .opaque }
            // Classes hold data; functions are named to be called.
            return global.name.first?.isUppercase == true ? .foreign : .refused
        case "numpy":
            return global.module == "numpy.dtypes" || numberTypes.contains(global.description) ? .opaque : .refused
        default:
            if harmless.contains(where: { global.description.hasPrefix($0) }) { return .opaque }
            let isExecuting = package.isEmpty || package.hasPrefix("_") || standardLibrary.contains(package)
            return isExecuting ? .refused : .foreign
        }
    }

    /// `torch.float32`, `torch.FloatStorage` and their like.
    private static func isTorchData(_ global: PickleHeap.Global) -> Bool {
        guard global.module == "torch" || global.module == "torch.storage" || global.module == "torch.cuda" else {
            return false
        }
        return global.name.hasSuffix("Storage") || isTypeName(global.name)
            || TorchElement.type(named: global.name) != nil
            || otherTorchTypes.contains(global.name)
    }

    /// `torch.float4_e2m1fn_x2` and types that are not there yet.
    private static func isTypeName(_ name: String) -> Bool {
        let stems = ["float", "bfloat", "int", "uint", "qint", "quint", "complex", "bits", "bool"]
        guard let stem = stems.first(where: { name.hasPrefix($0) }) else { return false }
        let rest = name.dropFirst(stem.count)
        return rest.first?.isNumber == true && rest.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    private static let numberTypes: Set<String> = Set(
        [
            "bool_", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
            "uint64",
        ]
        .map { "numpy." + $0 })

    /// Modules of the program that ran, by Python's names for them.
    private static let scripts: Set<String> = ["__main__", "__mp_main__"]

    private static let otherTorchTypes: Set<String> = [
        "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric",
        "per_channel_affine_float_qparams", "strided", "sparse_coo", "contiguous_format", "preserve_format",
        "channels_last", "Size", "device", "dtype", "Tensor", "qint8", "quint8", "qint32", "quint4x2", "complex32",
        "complex64", "complex128", "uint1", "uint2", "uint3", "uint4", "uint5", "uint6", "uint7", "bits8", "Generator",
    ]

    private static let known: Set<String> = [
        "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque",
        "builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.int",
        "builtins.float", "builtins.str", "builtins.bytes", "builtins.bytearray", "builtins.bool", "builtins.complex",
        "builtins.object", "builtins.slice", "builtins.range", "__builtin__.dict", "__builtin__.list",
        "__builtin__.tuple", "__builtin__.set", "__builtin__.frozenset", "__builtin__.int", "__builtin__.long",
        "__builtin__.float", "__builtin__.str", "__builtin__.unicode", "__builtin__.bytearray", "__builtin__.bool",
        "__builtin__.complex", "__builtin__.object", "__builtin__.slice", "__builtin__.range", "_codecs.encode",
        "copyreg._reconstructor", "copy_reg._reconstructor",
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch._utils._rebuild_qtensor", "torch._tensor._rebuild_from_type_v2", "torch._tensor._rebuild_from_type",
        "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.serialization._get_layout",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.core.multiarray.scalar",
        "numpy._core.multiarray.scalar", "numpy.ndarray", "numpy.dtype", "numpy._core.numeric._frombuffer",
        "numpy.core.numeric._frombuffer",
    ]

    /// Classes and functions of PyTorch that hold state, or whose tensors this program does not read.
    private static let torchLabels = [
        "torch.nn.", "torch.optim.", "torch._utils._rebuild_", "torch.torch_version.TorchVersion", "torch.ao.",
        "torch.quantization.", "torch._tensor.Tensor", "torch.distributed.fsdp.", "torch.distributed._tensor.",
        "torch.jit._pickle.",
    ]

    /// Values of the standard library that checkpoints often carry beside their tensors.
    private static let harmless = [
        "datetime.", "pathlib.", "argparse.Namespace", "types.SimpleNamespace", "decimal.Decimal",
        "fractions.Fraction", "uuid.UUID", "enum.", "functools.partial", "re._compile", "random.Random",
        "logging.Logger",
        "collections.", "copyreg.__newobj__", "numbers.", "string.", "dataclasses.", "zoneinfo.ZoneInfo",
    ]

    /// Packages of Python's standard library, and those that install or load code.
    private static let standardLibrary: Set<String> = Set(
        """
        abc aifc antigravity array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 cProfile
        calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys commands compileall concurrent configparser
        contextlib contextvars copy copyreg copy_reg cookielib cPickle crypt csv ctypes curses dataclasses datetime dbm decimal
        difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions
        ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib
        imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap
        marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode
        operator optparse os ossaudiodev parser pdb pickle pickletools pip pipes pkg_resources pkgutil platform plistlib poplib posix
        posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib
        resource rlcompleter runpy sched secrets select selectors setuptools shelve shlex shutil signal site smtpd smtplib sndhdr
        socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess
        sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this thread threading
        time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
        unittest urllib urllib2 urlparse uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc
        zipapp zipfile zipimport zlib zoneinfo dill cloudpickle joblib
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
