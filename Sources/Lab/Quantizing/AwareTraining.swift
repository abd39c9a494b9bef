extension FloatBase {
    /// How the network is trained on: for as many epochs and as fast as a run's settings say, else as it was trained first.
    func retrainingPlan(_ settings: LabSettings) -> TrainingPlan {
        TrainingPlan(
            epochs: settings.integer("epochs"), batch: model.training.batch, rate: Float(settings.number("rate")),
            optimizer: model.training.optimizer)
    }
}

extension LabRun {
    /// Trains a network with rounding in the loop, and judges it on test samples.
    ///
    /// - Parameters:
    ///   - samples: to learn from.
    ///   - prepare: sets what else the training needs, such as its loss.
    ///   - afterUpdate: called after every step, and whether it is one of those that curves are made of.
    func train(
        _ aware: AwareNetwork, name: String, _ base: FloatBase, on samples: Samples, _ plan: TrainingPlan,
        prepare: (inout Trainer) -> Void = { _ in },
        afterUpdate: @escaping (_ step: Int, _ epoch: Double, _ isShown: Bool) -> Void = { _, _, _ in }
    ) throws(LabFailure) -> Double {
        var trainer = Trainer(aware.network, samples, plan, on: tape)
        follow(
            &trainer, name: name, network: aware.network, data: base.data, test: { aware.pass(isTraining: false) },
            weights: { aware.rounded($0) })
        trainer.pass = { _ in aware.pass(isTraining: true) }
        trainer.others = aware.learned
        trainer.trained = aware.trained
        let perEpoch = trainer.stepsPerEpoch, steps = plan.epochs * perEpoch, stride = max(1, steps / 60)
        trainer.afterUpdate = { step, rate in
            aware.settle(Double(step + 1) / Double(steps), rate: Double(rate / plan.rate))
            afterUpdate(step, Double(step) / Double(perEpoch), step % stride == 0)
        }
        prepare(&trainer)
        var random = RandomSource(seed: settings.seed, stream: "aware")
        try trainer.run(&random)
        return try accuracy(aware.network, on: base.data.test, aware.pass(isTraining: false))
    }
}
