using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Emotion;

/// <summary>Whether a network is the one that its description is of.</summary>
internal static class EmotionShapes
{
    /// <summary>The names of its one input and one output, both of floats.</summary>
    /// <exception cref="EngineException">It has others.</exception>
    public static (string Input, string Output) Find(IOnnxModel model)
    {
        if (model.Inputs is [{ Type: OnnxElementType.F32 } input] && model.Outputs is [{ Type: OnnxElementType.F32 } output])
            return (input.Name, output.Name);
        throw new EngineException($"{model.Path} is no emotion classifier: one input and one output of floats are wanted, it has {OnnxTensorSet.Describe(model)}.");
    }

    /// <summary>Runs it once.</summary>
    /// <exception cref="EngineException">Its shapes do not fit the description.</exception>
    public static void Try(int frames, Action run, string path, EmotionDescription description)
    {
        try
        {
            run();
        }
        catch (EngineException e)
        {
            string takes = description.Kind == EmotionInputKind.LogMel ? $"{frames} frames of {description.ValuesPerFrame} features" : $"{frames * 160} samples";
            throw new EngineException($"{path} and its description do not fit: it does not take {takes} and give {description.Labels.Count} logits. {e.Message}", e);
        }
    }
}
