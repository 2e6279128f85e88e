-- What the confusion matrix of the weights in use does to counts of labels that were read from words: an experience is
-- missed here and imagined there, at known rates. Only a matrix that was measured on the brand's own texts stands in
-- raw.confusion: error rates of other texts do not carry over, and without one counts stay as labelled.
{{ correction(source('raw', 'confusion')) }}
