/** Why a line of a return file did nothing, as codes with their words. */
export const EXPLANATIONS = {
  noReference: "It names no adjustment, no line and no file of ours.",
  notFound: "What it names is in no file of this profile.",
  inSeveralFiles: "What it names fits several lines; which one is meant cannot be told.",
  amountDiffers: "Its amount is not the amount of our line, or file.",
  sideDiffers: "It is a debit where our line is a credit, or the other way round.",
  currencyDiffers: "It is in another currency than our file.",
  fileVoid: "It speaks of a file that was made void: what it held may have left in another one.",
  notLeft: "It speaks of a file that has not left: nobody outside can have it.",
  refusedBefore: "It accepts what was refused before.",
  acceptedElsewhere: "It refuses what a person or a feed says was posted.",
  notWaiting: "The adjustment is neither in a file nor executed.",
  isPartOnly: "It answers the whole of a line of which parts were answered otherwise.",
  halfAnEntry: "One side of an entry was accepted and the other one refused.",
  fileAnswered: "It refuses a file each of whose lines has its answer already.",
} as const;

export type Explanation = keyof typeof EXPLANATIONS;
