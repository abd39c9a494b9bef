import TensorFiles
import Tensors

/// Own samples from a file: an npz archive with arrays of images and labels, or MNIST's IDX files.
///
/// Images are [samples, height, width] or [samples, channels, height, width], points [samples, features]. Integers of one byte are divided
/// by 255. What is tested on comes from arrays or files of its own where there are such, else it is every fifth sample.
enum DataFile {
    /// Names of arrays, as this program, Keras's mnist.npz and others have them.
    private static let names: [(images: String, labels: String, testImages: String, testLabels: String)] = [
        ("images", "labels", "test_images", "test_labels"), ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"), ("x", "y", "x_test", "y_test"),
    ]

    /// - Parameter most: training samples to take; a quarter as many are tested on.
    static func open(_ path: String, most: Int) throws(FileError) -> Dataset {
        let file = try FileFormatCatalog.open(path: path)
        let pairs = file.format == IDXFormat.name ? try idx(file) : try arrays(file)
        guard let pair = pairs.first else { throw expected(file) }
        let training = try samples(pair, most: pairs.count > 1 ? most : most + most / 4)
        let test = pairs.count > 1 ? try samples(pairs[1], most: max(1, most / 4)) : nil
        if let test, test.shape != training.shape {
            throw FileError(
                path: path, place: .tensor(pairs[1].images.name), found: "samples of shape \(test.shape)",
                expected: "\(training.shape), as those of \(pair.images.name)")
        }
        let classes = (training.labels + (test?.labels ?? [])).reduce(0, max) + 1
        guard let test else {
            let places = 0..<training.count
            return Dataset(
                training: training.picked(places.filter { $0 % 5 != 4 }),
                test: training.picked(places.filter { $0 % 5 == 4 }), classes: classes, origin: path)
        }
        return Dataset(training: training, test: test, classes: classes, origin: path)
    }

    private struct Pair {
        let path: String
        let images: TensorView
        let labels: TensorView
    }

    private static func expected(_ file: TensorFile) -> FileError {
        let found = file.tensors.prefix(6).map { Printable.quoted($0.name) }.joined(separator: ", ")
        return FileError(
            path: file.path, found: "arrays \(found)",
            expected: "images and labels, such as "
                + names.map { "\($0.images) and \($0.labels)" }.joined(separator: ", "))
    }

    private static func arrays(_ file: TensorFile) throws(FileError) -> [Pair] {
        func pair(_ images: String, _ labels: String) -> Pair? {
            guard let first = file.position(named: images), let second = file.position(named: labels) else {
                return nil
            }
            return Pair(path: file.path, images: file.tensors[first], labels: file.tensors[second])
        }
        for name in names {
            guard let training = pair(name.images, name.labels) else { continue }
            return [training] + [pair(name.testImages, name.testLabels)].compactMap { $0 }
        }
        throw expected(file)
    }

    /// Images with their labels beside them, and the test's files where they are there.
    private static func idx(_ file: TensorFile) throws(FileError) -> [Pair] {
        guard file.path.contains("images"), file.tensors[0].shape.rank >= 2 else {
            throw FileError(
                path: file.path, found: "an IDX file of shape \(file.tensors[0].shape)",
                expected: "a file of images with “images” in its name, and labels beside it")
        }
        func pair(_ images: String) throws(FileError) -> Pair {
            let labels = images.replacing("images", with: "labels").replacing("idx3", with: "idx1")
            return Pair(
                path: images, images: try FileFormatCatalog.open(path: images).tensors[0],
                labels: try FileFormatCatalog.open(path: labels).tensors[0])
        }
        let folder = file.path.lastIndex(of: "/").map { file.path[...$0] } ?? ""
        let name = file.path.dropFirst(folder.count)
        guard name.hasPrefix("train"), let test = try? pair(folder + "t10k" + name.dropFirst(5)) else {
            return [try pair(file.path)]
        }
        return [try pair(file.path), test]
    }

    private static func samples(_ pair: Pair, most: Int) throws(FileError) -> Samples {
        let (images, labels) = (pair.images, pair.labels)
        func wrong(_ tensor: TensorView, _ found: String, _ expected: String) -> FileError {
            FileError(path: pair.path, place: .tensor(tensor.name), found: found, expected: expected)
        }
        let extents = images.shape.extents
        guard (2...4).contains(extents.count), extents.dropFirst().allSatisfy({ $0 > 0 }) else {
            throw wrong(
                images, "shape \(images.shape)", "[samples, features], [samples, height, width] or with channels")
        }
        guard labels.shape.extents == [extents[0]] else {
            throw wrong(labels, "shape \(labels.shape)", "[\(extents[0])], a label for every sample")
        }
        let count = min(extents[0], most)
        guard count >= 10 else { throw wrong(images, "\(count) samples", "10 or more") }
        let classes = labels.values(0..<count)
        guard let odd = classes.first(where: { $0 != $0.rounded() || $0 < 0 || $0 > 999 }) else {
            var inputs = images.values(0..<count * images.shape.product(from: 1))
            if images.elementType == .uint8 { for place in inputs.indices { inputs[place] /= 255 } }
            guard inputs.allSatisfy({ $0.isFinite }) else {
                throw wrong(images, "a value that is no finite number", "finite numbers")
            }
            return Samples(
                shape: extents.count == 3 ? [1] + extents.dropFirst() : Array(extents.dropFirst()), inputs: inputs,
                labels: classes.map { Int($0) })
        }
        throw wrong(labels, "label \(odd)", "whole numbers from 0 to 999")
    }
}
