internal import DifferentialPrivacy
internal import Foundation
internal import PrivateAggregation
internal import SecureAggregation
internal import SwiftProtobuf

extension RoundPlan {
    var message: Covey_V1_RoundPlan {
        .with {
            $0.task = task
            $0.round = UInt32(clamping: round)
            $0.query = query
            $0.session = Data(session)
            switch aggregation {
            case .real: $0.aggregation = .real
            case .ideal: $0.aggregation = .ideal
            case .statistical: $0.aggregation = .statistical
            }
            $0.cohort = Data(cohort)
            $0.modelBefore = Data(modelBefore)
            $0.sum = sum.message
            $0.groups = groups == 1 ? 0 : UInt32(clamping: groups)
        }
    }

    init(_ message: Covey_V1_RoundPlan) throws(EncodingFailure) {
        let aggregation: AggregationFidelity
        switch message.aggregation {
        case .real: aggregation = .real
        case .ideal: aggregation = .ideal
        case .statistical: aggregation = .statistical
        case .unspecified, .UNRECOGNIZED: throw EncodingFailure(reason: "unknown aggregation")
        }
        guard message.session.count == 32, message.cohort.count == 32 else {
            throw EncodingFailure(reason: "a session or cohort of other than 32 bytes")
        }
        guard message.groups != 1, message.groups <= 1 << 20 else {
            throw EncodingFailure(reason: "\(message.groups) groups")
        }
        self.init(
            task: try printable(message.task), round: Int(message.round),
            query: try printable(message.query),
            session: [UInt8](message.session), aggregation: aggregation,
            cohort: [UInt8](message.cohort), modelBefore: try modelHash(message.modelBefore),
            sum: try PrivateSumPlan(message.sum), groups: max(1, Int(message.groups)))
    }
}

extension PrivateSumPlan {
    fileprivate var message: Covey_V1_SumPlan {
        .with {
            $0.dimension = UInt32(clamping: dimension)
            $0.sketchWidth = UInt32(clamping: sketchWidth ?? 0)
            $0.clippingNorm = clippingNorm
            $0.granularity = granularity
            $0.noise = noise == .skellam ? .skellam : .discreteGaussian
            $0.unitVariance = unitVariance
            $0.modulusBits = UInt32(clamping: modulusBits)
            $0.cohortSize = UInt32(clamping: cohortSize)
            $0.minimumSurvivors = UInt32(clamping: minimumSurvivors)
            $0.noiseComponents = UInt32(clamping: excessNoise.componentCount)
            $0.baseUnits = UInt32(clamping: excessNoise.baseUnits)
            $0.targetUnits = UInt32(clamping: excessNoise.targetUnits)
            $0.excluded = UInt32(clamping: excessNoise.excluded)
        }
    }

    fileprivate init(_ message: Covey_V1_SumPlan) throws(EncodingFailure) {
        let noise: NoiseDistribution
        switch message.noise {
        case .discreteGaussian: noise = .discreteGaussian
        case .skellam: noise = .skellam
        case .unspecified, .UNRECOGNIZED: throw EncodingFailure(reason: "unknown noise")
        }
        do {
            try self.init(
                dimension: Int(message.dimension),
                sketchWidth: message.sketchWidth == 0 ? nil : Int(message.sketchWidth),
                clippingNorm: message.clippingNorm, granularity: message.granularity,
                noise: noise, unitVariance: message.unitVariance,
                excessNoise: try ExcessNoise(
                    componentCount: Int(message.noiseComponents),
                    baseUnits: Int(message.baseUnits), targetUnits: Int(message.targetUnits),
                    excluded: Int(message.excluded), cohortSize: Int(message.cohortSize),
                    minimumSurvivors: Int(message.minimumSurvivors)),
                cohortSize: Int(message.cohortSize),
                minimumSurvivors: Int(message.minimumSurvivors),
                modulusBits: Int(message.modulusBits))
        } catch { throw EncodingFailure(reason: "\(error)") }
    }
}

extension RoundCharge {
    var message: Covey_V1_RoundCharge {
        .with {
            $0.task = task
            $0.round = UInt32(clamping: round)
            $0.survivors = survivors.map { UInt32(clamping: $0) }
            $0.rho = rho
            $0.spent = .with {
                $0.epsilonCoordinator = spent.epsilonCoordinator
                $0.epsilonObserver = spent.epsilonObserver
                $0.delta = spent.delta
            }
        }
    }

    init(_ message: Covey_V1_RoundCharge) throws(EncodingFailure) {
        guard message.rho >= 0, message.rho.isFinite else {
            throw EncodingFailure(reason: "a cost of \(message.rho)")
        }
        self.init(
            task: try printable(message.task), round: Int(message.round),
            survivors: message.survivors.map { Int($0) }, rho: message.rho,
            spent: Spent(
                epsilonCoordinator: message.spent.epsilonCoordinator,
                epsilonObserver: message.spent.epsilonObserver, delta: message.spent.delta))
    }
}

extension RoundOutcome {
    var message: Covey_V1_RoundOutcome {
        .with {
            $0.task = task
            $0.round = UInt32(clamping: round)
            switch result {
            case .completed(let contributors, let noise, let model):
                $0.completed = .with {
                    $0.contributors = UInt32(clamping: contributors)
                    $0.noiseStandardDeviation = noise
                    $0.modelAfter = Data(model)
                }
            case .abandoned(let step, let left, let needed):
                $0.abandoned = .with {
                    $0.step = step
                    $0.left = UInt32(clamping: left)
                    $0.needed = UInt32(clamping: needed)
                }
            }
        }
    }

    init(_ message: Covey_V1_RoundOutcome) throws(EncodingFailure) {
        let result: Result
        switch message.result {
        case .completed(let completed):
            result = .completed(
                contributors: Int(completed.contributors),
                noiseStandardDeviation: completed.noiseStandardDeviation,
                modelAfter: try modelHash(completed.modelAfter))
        case .abandoned(let abandoned):
            result = .abandoned(
                step: try printable(abandoned.step), left: Int(abandoned.left),
                needed: Int(abandoned.needed))
        case nil: throw EncodingFailure(reason: "an outcome without a result")
        }
        self.init(
            task: try printable(message.task), round: Int(message.round), result: result)
    }
}
