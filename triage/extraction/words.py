"""Words that say what a number counts, by the kind of fact, in the languages customers write: data."""

#: Words by the kind they announce; "code", "phone" and "other" announce numbers that are none of ours.
KINDS = {
    "order_number": """
        order orders ordernumber orderno ordernr orderid purchase purchases po bestellung bestellungen
        bestellnummer bestellnr bestellnummern bestell auftrag auftrags auftragsnummer auftragsnr commande
        commandes cde pedido pedidos orden órden encomenda encomendas ordine ordini ordinazione bestelling
        bestellingen bestelnummer bestelnr bestel ordernummer zamówienie zamówienia zamówieniu zamówień
        zamowienie zamowienia beställning beställningar beställningsnummer ordrenummer ordre ordrer bestilling
        bestillinger bestillingsnummer tilaus tilauksen tilausnumero заказ заказа заказу заказом заказы
        замовлення sipariş siparişim siparişi objednávka objednávky objednávku objednávce rendelés rendelésem
        comandă comanda comenzii παραγγελία παραγγελίας porudžbina narudžba naročilo 注文 注文番号 订单 订单号 訂單 訂單號 주문
        주문번호 auftragsbestätigung bestellbestätigung
    """,
    "invoice_number": """
        rg rgnr invoice invoices inv bill bills rechnung rechnungen rechnungsnummer rechnungsnr rechnungs facture
        factures factura facturas fattura fatture fatura faturas factuur facturen factuurnummer faktura
        faktury fakturę fakturze fakturanummer fakturanr lasku laskun laskunumero счет счёт счета счёта
        рахунок számla τιμολόγιο 請求書 发票 發票
    """,
    "receipt_number": """
        receipt receipts quittung quittungen quittungsnummer beleg belegnummer belegnr kassenbon kassenzettel
        bon reçu reçus quittance recibo recibos ricevuta ricevute scontrino kassabon betalingsbewijs kvitto
        kvittonummer kvittering paragon paragonu kuitti чек чека квитанция fiş
    """,
    "transaction_id": """
        transaction transactions txn trx transaktion transaktionen transaktionsnummer transaktionsid
        transaktions zahlungsnummer zahlungs zahlungsreferenz transacción transaccion transação transacao
        transazione transactie transactienummer transakcja transakcji транзакция транзакции utr
    """,
    "tracking_number": """
        dhl fedex ups usps dpd gls tnt evri hermes bluedart delhivery aramex postnl correos chronopost colissimo
        tracking awb waybill airwaybill consignment parcel shipment package sendung sendungsnummer sendungsnr
        sendungs sendungsverfolgung sendungsverfolgungsnummer trackingnummer trackingnr trackingcode paket
        paketnummer suivi colis seguimiento rastreo rastreamento rastreio tracciamento spedizione volgnummer
        verzending zending przesyłka przesyłki paczki spårning spårningsnummer kollinummer sporing
        sporingsnummer seuranta lähetystunnus трек треккинг kargo takip
    """,
    "phone": """
        phone telephone tel ph mobile cell cellphone whatsapp call reach contact fon telefon telefonnummer handy
        handynummer mobil mobilnummer rufnummer téléphone portable móvil movil teléfono telefono telemóvel
        telemovel celular cellulare telefoonnummer mobiel numer tlf fax sms ring text
    """,
    "code": """
        sku asin serial seriennummer serie iban barcode ean imei isbn gstin
    """,
    "other": """
        cust kd kdnr pin pincode zip zipcode postcode postal postleitzahl plz cap cep código-postal ticket case incident complaint
        reference-case size größe groesse grösse taille talla taglia maat customer kunde kunden kundennummer kundennr
        client cliente klant klantnummer account konto kontonummer membership member item article artikel
        artikelnummer artikelnr model modell product produkt part bic card karte karten carte tarjeta carta kaart
        karta policy room flight coupon voucher gift gutschein promo vat ust tax flat apartment apt house hausnummer
        building street road floor line page year version otp employee agent user badge extension ext error
    """,
}

#: They say "a number follows" and leave open of what.
NUMBER_WORDS = """
    mine meins référence références referencia riferimento referência referentie numaralı nolu رقم מספר nomor
    number numbers num no nr nro id ids ref reference referenz nummer nummern numéro numéros numero
    número numeros números numer numeru nº n номер номером č číslo šifra kennung kenn nos # № ° º
"""

#: They stand between "call" and a telephone number: "call me on …"; behind other words they lead elsewhere.
CALL_WORDS = "me us on at back under unter auf mich an sous au al a op naar em para"

#: A number before one of these is a quantity or a price.
UNITS = """
    eur usd gbp inr chf pln rs kr euro euros dollar dollars pound pounds rupee rupees pc pcs piece pieces unit units item
    items pair pairs box boxes x kg g gr cm mm m km ml l gb tb mb inch inches ft v w mah hour hours hr hrs min mins minute
    minutes day days week weeks month months year years times stück stk tag tage tagen woche wochen uhr mal pièce pièces jour
    jours heures pieza piezas unidades días horas pezzi giorni ore stuk stuks dag dagen uur sztuk sztuki dni people persons
    chairs tables bottles sets packs copies
"""

#: Verbs after which "the number" is that of an order.
ORDERED = (
    "ordered bought purchased bestellt gekauft commandé acheté pedí compré ordinato acquistato besteld gekocht encomendei comprei zamówiłem"
)

#: Words for several orders or invoices: a list of numbers may follow.
PLURALS = """
    orders purchases bestellungen bestellnummern aufträge commandes pedidos órdenes encomendas ordini bestellingen zamówienia
    beställningar ordrer invoices bills rechnungen factures facturas fatture faturas facturen faktury
"""

#: They say nothing of what a number is.
NEUTRAL_WORDS = """
    your our their this that these those and or for by from following old new under about re regarding concerning see hi hello help please
    need quote it here von vom zu für aus du des pour par con para per z do over voor av om för
"""

#: They may stand between the word and its number.
LINK_WORDS = """
    which je saya digits digit characters stellig chiffres cifras cifre cijfers
    is was are were ist sind war lautet lauten est sont es son è sono é são jest to zijn er confirmation code
    details bestätigung my the with mit der die das le la el il de het mijn meine mein ma mon mi mio är s
"""

#: Verbs that say that a customer has, or should have, a thing.
GOT = """
    ordered bought purchased received bestellt gekauft erhalten commandé acheté reçu pedí pedido compré comprado ordinato acquistato
    comprato besteld gekocht ontvangen encomendei comprei zamówiłem kupiłem
"""

#: They speak of payment cards.
CARD_WORDS = """
    card cards credit debit creditcard visa mastercard amex maestro discover diners rupay jcb cvv cvc csc exp expiry expires expiring
    expiration thru cardholder kreditkarte karte karten kartennummer ablaufdatum prüfziffer carte cartes bancaire tarjeta tarjetas
    cartão cartao carta carte kaart karta karty kartą kartę kort kortet картой карта карты карту caducidad scadenza validade gültig
"""

#: Beginnings of words for an order in languages that bend them in many ways, or write them without blanks.
ORDER_STEMS = (
    "tilaus", "rendelés", "sipariş", "objednávk", "zamówieni", "замовлен", "поръчк", "παραγγελ", "طلب", "الطلب", "הזמנ",
    "comanda", "comenz", "pesanan", "tellimus", "pasūtījum", "užsakym", "narudžb", "naročil",
)  # fmt: skip
#: The same within a run of letters that knows no blanks.
ORDER_PIECES = ("注文", "订单", "訂單", "주문")

#: With one of them, "12345 is the order" says what the number is.
COPULAS = "is was ist war est es è is är er jest je это"

#: What becomes of an order: the number that arrived is one.
ARRIVED = """
    arrived delivered turned shipped dispatched missing angekommen geliefert zugestellt verschickt consegnato consegnata arrivato arrivata
    spedito livré livrée arrivé arrivée expédié expédiée entregado llegado llegó chegou entregue geleverd aangekommen levererad leveret
    levert kommit kommet
"""
